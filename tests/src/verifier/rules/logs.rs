//! Log groups.
//!
//! Sources: CloudWatch Logs user guide, "Change log data retention": without a number logs are kept, and paid, for
//! ever; cfn-guard `cw_loggroup_retention_period_check`.

use super::{Report, Rule};
use crate::verifier::reading::template::Template;
use crate::verifier::reading::value::{absent, text};

pub(super) const RULES: &[Rule] =
    &[Rule::new("log-group-retention", log_group_retention), Rule::new("log-group-kept", log_group_kept)];

const KIND: &str = "AWS::Logs::LogGroup";

/// Our log groups forget after a while, unless their author says `never`.
fn log_group_retention(template: &Template<'_>, report: &mut Report) {
    for group in template.of(KIND).filter(|group| group.ours()) {
        let keys = ["LogRetention", "x-aws-log_retention", "x-aws-logs_retention"];
        let chosen = keys.iter().any(|key| template.author.chose(key, "never"));
        if absent(group.properties, "RetentionInDays") && !chosen {
            report.add(group.id, "keeps everything for ever");
        }
    }
}

/// The log of a stack that failed or was deleted can still be read.
fn log_group_kept(template: &Template<'_>, report: &mut Report) {
    for group in template.of(KIND).filter(|group| group.ours()) {
        let policy = text(group.definition, "DeletionPolicy").unwrap_or("Delete");
        if !policy.starts_with("Retain") && !template.author.chose("DeletionPolicy", policy) {
            report.add(group.id, "goes with the stack");
        }
    }
}
