//! A document as a request finds it.

use gen_lsp_types::{
    DocumentChange, Edit, OptionalVersionedTextDocumentIdentifier, Range, TextDocumentEdit,
    TextDocumentIdentifier, TextEdit, Uri, WorkspaceEdit,
};

use super::text::Lines;
use crate::checklist::Span;
use crate::diagnostic::Fix;

/// A document as a request finds it.
pub(super) struct Page<'s> {
    /// Its URI, as the editor writes it.
    pub(super) uri: Uri,
    /// Its path in the workspace.
    pub(super) path: String,
    /// Its version, where it is open.
    pub(super) version: Option<i32>,
    /// Its text.
    pub(super) text: &'s str,
    /// Its lines.
    pub(super) lines: Lines<'s>,
}

impl Page<'_> {
    /// Returns the range of a span.
    pub(super) fn range(&self, span: &Span) -> Range {
        self.lines.range(span)
    }

    /// Returns what an editor does to make these fixes; `versioned` where it knows versions.
    pub(super) fn edit(&self, fixes: &[&Fix], versioned: bool) -> WorkspaceEdit {
        let edits = fixes.iter().map(|fix| TextEdit {
            range: self.range(&fix.span),
            new_text: fix.text.clone(),
        });
        if !versioned {
            let changes = [(self.uri.clone(), edits.collect())];
            return WorkspaceEdit {
                changes: Some(changes.into()),
                ..WorkspaceEdit::default()
            };
        }
        let change = TextDocumentEdit {
            text_document: OptionalVersionedTextDocumentIdentifier {
                version: self.version,
                text_document_identifier: TextDocumentIdentifier {
                    uri: self.uri.clone(),
                },
            },
            edits: edits.map(Edit::TextEdit).collect(),
        };
        WorkspaceEdit {
            document_changes: Some(vec![DocumentChange::TextDocumentEdit(change)]),
            ..WorkspaceEdit::default()
        }
    }
}
