//! The output that says what became of a release, one line for each step.

use serde_json::{Value as Json, json};

use crate::cloudformation::LogicalId;
use crate::cloudformation::function::escape;
use crate::program::release::Phase;

/// The most bytes of lines: an output has 4,096, and what stands for statuses may be longer than they are written here.
const MOST_BYTES: usize = 3_000;

/// What an output is made of.
#[derive(Default)]
pub(super) struct Report {
    /// How many tasks run before and after, by family, and how many services there are between them.
    counts: [usize; 3],
    lines: Vec<String>,
}

impl Report {
    /// Adds tasks of a family.
    pub(super) fn task(&mut self, phase: Phase, name: &str, id: &LogicalId) {
        let (index, place) = match phase {
            Phase::Before => (0, "before"),
            Phase::Services | Phase::After => (2, "after"),
        };
        self.count(index);
        self.lines.push(format!("{place}: {}: ${{{id}.Status}}, exit codes: ${{{id}.ExitCodes}}", escape(name)));
    }

    /// Adds a service; one that the stack makes itself has no status of ours.
    pub(super) fn service(&mut self, name: &str, id: Option<&LogicalId>) {
        self.count(1);
        let name = escape(name);
        self.lines.push(match id {
            Some(id) => format!("service: {name}: ${{{id}.Status}}"),
            None => format!("service: {name}: with this stack"),
        });
    }

    fn count(&mut self, index: usize) {
        if let Some(count) = self.counts.get_mut(index) {
            *count += 1;
        }
    }

    /// The output; `None` where nothing is done.
    pub(super) fn output(self) -> Option<Json> {
        let Self { counts: [before, services, after], lines } = self;
        if lines.is_empty() {
            return None;
        }
        let all = lines.len();
        let mut text = format!("tasks before: {before}, services: {services}, tasks after: {after}");
        let mut told = 0;
        for line in lines {
            if text.len() + line.len() > MOST_BYTES {
                break;
            }
            text.push('\n');
            text.push_str(&line);
            told += 1;
        }
        if told < all {
            text.push_str(&format!("\nand {} more", all - told));
        }
        // cfn-lint rightly asks for a `Fn::Sub` without substitutions to be the text itself.
        let value = if text.contains("${") { json!({ "Fn::Sub": text }) } else { json!(text) };
        Some(json!({ "Description": "What the release did", "Value": value }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloudformation::LogicalId;

    #[test]
    fn long_reports_are_cut() {
        let mut report = Report::default();
        let id = LogicalId::of_author("Release");
        for number in 0..500 {
            report.service(&format!("service-{number}"), Some(&id));
        }
        let output = report.output().unwrap();
        let text = output["Value"]["Fn::Sub"].as_str().unwrap();
        assert!(text.len() < MOST_BYTES + 100, "{}", text.len());
        assert!(
            text.starts_with("tasks before: 0, services: 500, tasks after: 0\nservice: service-0: ${Release.Status}")
        );
        assert!(text.ends_with(" more"), "{text}");
    }
}
