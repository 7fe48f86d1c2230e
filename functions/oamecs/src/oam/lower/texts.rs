//! What containers are told in writing: variables, words of commands, and files.

use crate::diagnostic::Origin;
use crate::expression::{Expr, Piece};
use crate::program::Workload;
use crate::program::secret::Content;

/// The parts of all texts of a workload that are known now, each with the place of its text.
pub(super) fn of(workload: &Workload) -> Vec<(Origin, &str)> {
    let mut texts = Vec::new();
    for container in workload.containers() {
        let values = container.environment.values().map(|value| (value.origin, &value.value));
        let words = container.entrypoint.iter().chain(&container.command).flatten();
        let files = container.files.iter().filter_map(|file| match &file.content {
            Content::Text(text) => Some((file.origin, text)),
            Content::Secret(_) | Content::Keys(_) => None,
        });
        for (origin, text) in values.chain(words.map(|word| (container.origin, word))).chain(files) {
            texts.extend(literals(text).into_iter().map(|literal| (origin, literal)));
        }
    }
    texts
}

/// The parts of a text that are known now.
pub(super) fn literals(text: &Expr<String>) -> Vec<&str> {
    match text {
        Expr::Known(text) => vec![text],
        Expr::Deferred(deferred) => {
            let pieces = deferred.pieces().iter();
            let literals = pieces.filter_map(|piece| match piece {
                Piece::Literal(text) => Some(text.as_str()),
                Piece::Function(_) => None,
            });
            literals.collect()
        }
    }
}
