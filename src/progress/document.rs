//! A document as lines that keep their endings.

use super::ProgressError;

/// Where orch's own section begins.
const BEGIN: &str = "<!-- orch:begin -->";
/// Where it ends.
const END: &str = "<!-- orch:end -->";

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
        match (document.marker(BEGIN), document.marker(END)) {
            (Some(begin), None) => Err(ProgressError::Marker {
                line: begin + 1,
                found: BEGIN,
                missing: END,
            }),
            (None, Some(end)) => Err(ProgressError::Marker {
                line: end + 1,
                found: END,
                missing: BEGIN,
            }),
            (Some(begin), Some(end)) if end < begin => Err(ProgressError::Marker {
                line: end + 1,
                found: END,
                missing: BEGIN,
            }),
            (Some(_), Some(_)) | (None, None) => Ok(document),
        }
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

    pub(super) fn len(&self) -> usize {
        self.lines.len()
    }

    /// Returns the indices of the lines that are a person's and no code.
    pub(super) fn prose(&self) -> Vec<usize> {
        let own = self.marker(BEGIN).zip(self.marker(END));
        let mut fence = None;
        let mut prose = Vec::new();
        for index in 0..self.lines.len() {
            let was_open = fence.is_some();
            fence = fence_after(fence, self.line(index));
            if !was_open
                && fence.is_none()
                && own.is_none_or(|(begin, end)| !(begin..=end).contains(&index))
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

    /// Puts a block between the markers, which are appended where there are none.
    pub(super) fn set_section(&mut self, block: &str) {
        let (Some(begin), Some(end)) = (self.marker(BEGIN), self.marker(END)) else {
            self.append(&format!("{BEGIN}\n{block}{END}\n"));
            return;
        };
        let lines = block.lines().map(|line| format!("{line}{}", self.newline));
        let lines: Vec<String> = lines.collect();
        self.lines.splice(begin + 1..end, lines);
    }

    fn marker(&self, marker: &str) -> Option<usize> {
        (0..self.lines.len()).find(|index| self.line(*index).trim() == marker)
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
