//! Whether a shell would ask for more lines of a command.
//!
//! Told by quotes, here-documents, brackets, `for … done` and the like, and what a line ends with.
//! It is no parser of the shell's language: what it takes for open is refused where no line
//! follows, and what it takes for complete the shell itself refuses.

use std::collections::VecDeque;

/// What commands are still waiting for.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// How many of `for`, `if` and the like are yet to be ended.
    depth: usize,
    /// How many brackets are.
    brackets: usize,
    /// The ends of here-documents, with whether tabs before them don't count.
    heredocs: VecDeque<(String, bool)>,
    /// The quote that is open.
    quote: Option<char>,
    /// Whether the next line goes on with this one.
    joined: bool,
    /// Whether the next word begins a command.
    begins: bool,
}

impl Scan {
    /// Takes one more line in.
    pub(super) fn take(&mut self, line: &str) {
        if self.quote.is_none()
            && let Some((end, tabs)) = self.heredocs.front()
        {
            let own = if *tabs {
                line.trim_start_matches('\t')
            } else {
                line
            };
            if own == end {
                self.heredocs.pop_front();
            }
            return;
        }
        if self.quote.is_none() && !self.joined {
            self.begins = true;
        }
        self.line(line);
    }

    /// Returns whether more lines are needed.
    pub(super) fn is_open(&self) -> bool {
        let inside = self.depth > 0 || self.brackets > 0 || self.quote.is_some();
        inside || self.joined || !self.heredocs.is_empty()
    }

    fn line(&mut self, line: &str) {
        self.joined = false;
        let mut word = String::new();
        let mut chars = line.chars().peekable();
        let mut operator = String::new();
        while let Some(next) = chars.next() {
            if let Some(quote) = self.quote {
                if next == '\\' && quote != '\'' {
                    chars.next();
                } else if next == quote {
                    self.quote = None;
                }
                continue;
            }
            if next == '#' && word.is_empty() {
                break;
            }
            if !next.is_whitespace() && !matches!(next, '|' | '&') {
                operator.clear();
            }
            match next {
                '\\' => match chars.next() {
                    Some(escaped) => word.push(escaped),
                    None => self.joined = true,
                },
                '\'' | '"' | '`' => {
                    self.quote = Some(next);
                    word.push('\0');
                }
                '<' if chars.next_if_eq(&'<').is_some() => {
                    self.word(&mut word);
                    self.redirected(&mut chars);
                }
                ' ' | '\t' => self.word(&mut word),
                ';' | '|' | '&' | '(' | ')' => {
                    self.word(&mut word);
                    self.begins = true;
                    match next {
                        '(' => self.brackets += 1,
                        // The patterns of `case` close what nothing opened.
                        ')' => self.brackets = self.brackets.saturating_sub(1),
                        '|' | '&' => operator.push(next),
                        _ => {}
                    }
                }
                _ => word.push(next),
            }
        }
        if self.quote.is_none() {
            self.word(&mut word);
            // A single `&` needs no other line.
            self.joined |= matches!(operator.as_str(), "|" | "||" | "&&" | "|&");
        }
    }

    /// Takes a word in: where a command begins, some open or close what has several lines.
    fn word(&mut self, word: &mut String) {
        let word = std::mem::take(word);
        if word.is_empty() || !std::mem::take(&mut self.begins) {
            // `f() {` and `case x in` have theirs in another place.
            return;
        }
        match word.as_str() {
            "for" | "while" | "until" | "select" | "if" | "case" | "{" => {
                self.depth += 1;
                self.begins = word != "for" && word != "case" && word != "select";
            }
            "done" | "fi" | "esac" | "}" => self.depth = self.depth.saturating_sub(1),
            "do" | "then" | "else" | "elif" | "!" | "time" => self.begins = true,
            _ => {}
        }
    }

    /// Takes in what stands behind `<<`; `<<<` is no here-document, and neither is a shift.
    fn redirected(&mut self, chars: &mut std::iter::Peekable<std::str::Chars<'_>>) {
        if chars.next_if_eq(&'<').is_some() {
            return;
        }
        let tabs = chars.next_if_eq(&'-').is_some();
        while chars.next_if(|next| *next == ' ').is_some() {}
        let mut end = String::new();
        while let Some(next) =
            chars.next_if(|next| !next.is_whitespace() && !";|&<>()".contains(*next))
        {
            if !matches!(next, '\'' | '"' | '\\') {
                end.push(next);
            }
        }
        let is_number = end.chars().all(|it| it.is_ascii_digit());
        if !is_number {
            self.heredocs.push_back((end, tabs));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Scan;

    #[track_caller]
    fn check(text: &str, expected: bool) {
        let mut scan = Scan::default();
        for line in text.lines() {
            scan.take(line);
        }
        assert_eq!(scan.is_open(), expected, "{text}: {scan:?}");
    }

    #[test]
    fn complete_commands_need_no_more() {
        for text in [
            "",
            "make all",
            "echo done; echo for if case",
            "echo 'it is' \"a < b\" `date`",
            "echo it\\'s # and it's a comment",
            "for i in 1 2; do echo $i; done",
            "if make; then echo ok; else echo no; fi",
            "case $x in a) echo a;; *) echo b;; esac",
            "f() { make; }",
            "(cd x && make)",
            "make &",
            "cat <<EOF\n$( it's\nEOF",
            "cat <<-'END'\n\ta\n\tEND",
            "cat <<< text",
            "echo $((1 << 2))",
            "make \\\n  all",
            "make |\n  tee log",
            "echo 'a\nb'",
        ] {
            check(text, false);
        }
    }

    #[test]
    fn what_a_shell_would_ask_more_of_is_open() {
        for text in [
            "make \\",
            "make &&",
            "make ||",
            "make | # so far",
            "echo 'a",
            "echo \"a",
            "cat <<EOF",
            "cat <<EOF > conf.txt\nhello",
            "cat <<A; cat <<B\nA",
            "for i in 1 2; do",
            "while read x; do\n  echo $x",
            "if make; then\n  echo ok",
            "case $x in\n a) make;;",
            "{ make",
            "f() {\n  make",
            "echo $(date",
        ] {
            check(text, true);
        }
    }
}
