//! A document as lines that keep their endings.

use super::ProgressError;

/// How the marker starts that begins a set's section; the set's name and `-->` follow.
pub(super) const BEGIN: &str = "<!-- orch:begin";
/// How the line starts that names the set of a whole document; the name and `-->` follow.
pub(super) const SET: &str = "<!-- orch:set";
/// The marker that ends a section.
const END: &str = "<!-- orch:end -->";

/// One of orch's own sections.
#[derive(Debug, PartialEq, Eq)]
struct Section {
    /// The set it is about; empty where a person left it out.
    set: String,
    /// The lines of its markers.
    begin: usize,
    end: usize,
}

/// A Markdown document.
#[derive(Debug)]
pub(super) struct Document {
    lines: Vec<String>,
    newline: &'static str,
}

impl Document {
    /// Returns the document where its markers match.
    pub(super) fn parse(text: &str) -> Result<Self, ProgressError> {
        // The first line decides; a lone return at the end of the only one counts as well, since
        // it is one as soon as anything follows.
        let first = text.split_inclusive('\n').next().unwrap_or("");
        let newline = if first.trim_end_matches('\n').ends_with('\r') {
            "\r\n"
        } else {
            "\n"
        };
        let lines: Vec<String> = text.split_inclusive('\n').map(ToOwned::to_owned).collect();
        let document = Self { lines, newline };
        document.find_sections()?;
        Ok(document)
    }

    pub(super) fn into_text(self) -> String {
        self.lines.concat()
    }

    /// Returns a line without its ending.
    pub(super) fn line(&self, index: usize) -> &str {
        self.lines
            .get(index)
            .map_or("", |line| line.trim_end_matches(['\n', '\r']))
    }

    /// Returns the set that the whole document is about, where it says so.
    pub(super) fn set(&self) -> Option<&str> {
        let mut lines = (0..self.lines.len()).map(|index| self.line(index).trim());
        lines
            .find_map(|line| line.strip_prefix(SET)?.strip_suffix("-->"))
            .map(str::trim)
    }

    pub(super) fn len(&self) -> usize {
        self.lines.len()
    }

    /// Returns the indices of the lines that are a person's and no code.
    pub(super) fn prose(&self) -> Vec<usize> {
        // Where lines were inserted, the sections have moved.
        let own = self.find_sections().unwrap_or_default();
        let mut fence = None;
        let mut prose = Vec::new();
        for index in 0..self.lines.len() {
            let was_open = fence.is_some();
            fence = fence_after(fence, self.line(index));
            if !was_open
                && fence.is_none()
                && !own.iter().any(|own| (own.begin..=own.end).contains(&index))
            {
                prose.push(index);
            }
        }
        prose
    }

    /// Replaces a line's text, its ending kept.
    pub(super) fn set_line(&mut self, index: usize, text: &str) {
        if let Some(line) = self.lines.get_mut(index) {
            let ending: String = line
                .chars()
                .skip(line.trim_end_matches(['\n', '\r']).chars().count())
                .collect();
            *line = format!("{text}{ending}");
        }
    }

    /// Inserts a line before that index.
    pub(super) fn insert(&mut self, index: usize, text: &str) {
        let index = index.min(self.lines.len());
        let newline = self.newline;
        if let Some(before) = index
            .checked_sub(1)
            .and_then(|before| self.lines.get_mut(before))
            && !before.ends_with('\n')
        {
            // The last line keeps its missing ending by handing it on to the new one.
            before.push_str(newline);
            self.lines.insert(index, text.to_owned());
            return;
        }
        self.lines.insert(index, format!("{text}{newline}"));
    }

    /// Appends a block behind an empty line.
    pub(super) fn append(&mut self, block: &str) {
        if let Some(last) = self.lines.last_mut().filter(|line| !line.ends_with('\n')) {
            last.push_str(self.newline);
        }
        let open =
            (0..self.lines.len()).fold(None, |fence, line| fence_after(fence, self.line(line)));
        if let Some((mark, length)) = open {
            // An open fence would make code of what follows.
            let close = mark.to_string().repeat(length);
            self.lines.push(format!("{close}{}", self.newline));
        }
        if !self
            .line(self.lines.len().saturating_sub(1))
            .trim()
            .is_empty()
        {
            self.lines.push(self.newline.to_owned());
        }
        for line in block.lines() {
            self.lines.push(format!("{line}{}", self.newline));
        }
    }

    /// Puts a block between the markers of a set, which are appended where there are none.
    pub(super) fn set_section(&mut self, set: &str, block: &str) {
        let own = self.find_sections().unwrap_or_default();
        let known = own.iter().find(|own| own.set == set || own.set.is_empty());
        let Some(Section { begin, end, .. }) = known else {
            self.append(&format!("{BEGIN} {set} -->\n{block}{END}\n"));
            return;
        };
        let lines = block.lines().map(|line| format!("{line}{}", self.newline));
        let lines: Vec<String> = lines.collect();
        self.lines.splice(begin + 1..*end, lines);
    }

    fn find_sections(&self) -> Result<Vec<Section>, ProgressError> {
        let unmatched = |line: usize, missing: &str| ProgressError::Marker {
            line: line + 1,
            found: self.line(line).trim().to_owned(),
            missing: missing.to_owned(),
        };
        let mut sections = Vec::new();
        let mut open: Option<(String, usize)> = None;
        for index in 0..self.lines.len() {
            let line = self.line(index).trim();
            let opening = line
                .strip_prefix(BEGIN)
                .and_then(|rest| rest.strip_suffix("-->"));
            match (opening, open.take()) {
                (Some(set), None) => open = Some((set.trim().to_owned(), index)),
                (Some(_), Some((_, begin))) => return Err(unmatched(begin, END)),
                (None, Some((set, begin))) if line == END => {
                    sections.push(Section {
                        set,
                        begin,
                        end: index,
                    });
                }
                (None, None) if line == END => {
                    return Err(unmatched(index, &format!("{BEGIN} -->")));
                }
                (None, still) => open = still,
            }
        }
        match open {
            Some((_, begin)) => Err(unmatched(begin, END)),
            None => Ok(sections),
        }
    }
}

/// A code fence's mark and its length.
type Fence = (char, usize);

/// Returns the fence that is open behind a line.
fn fence_after(open: Option<Fence>, line: &str) -> Option<Fence> {
    let line = line.trim();
    let mark = line.chars().next().filter(|c| "`~".contains(*c));
    let length = mark.map_or(0, |mark| line.chars().take_while(|c| *c == mark).count());
    match (open, mark) {
        (None, Some(mark)) if length >= 3 => Some((mark, length)),
        (Some((open, least)), Some(mark))
            if mark == open && length >= least && line.chars().all(|c| c == mark) =>
        {
            None
        }
        (open, _) => open,
    }
}
