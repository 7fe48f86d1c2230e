//! Which records make way for one.
//!
//! In: a record that is wanted, and those that its name has. Out: the one of its key, and those that cannot be beside it; or why
//! they are not touched. A pure function of these.
//!
//! | beside | a CNAME | A, AAAA | TXT, MX … |
//! |---|---|---|---|
//! | a CNAME is wanted | takes its place | make way | an error |
//! | A or AAAA is wanted | makes way | its own takes its place | stay |
//! | TXT is wanted | an error | stay | its own takes its place |
//!
//! Records of one name and type either are alone, or all have an identifier: of those, others than its own stay as they are, and one
//! that is alone is an error, unless it is what the resource itself was before.

use aws_sdk_route53::types::{ResourceRecordSet, RrType};

use super::key::Key;
use crate::work::Failure;

/// What makes way.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Plan {
    /// The record of the key.
    pub(super) own: Option<ResourceRecordSet>,
    /// Records that cannot be beside it.
    pub(super) others: Vec<ResourceRecordSet>,
}

impl Plan {
    /// Everything that makes way.
    pub(super) fn displaced(&self) -> impl Iterator<Item = &ResourceRecordSet> {
        self.own.iter().chain(&self.others)
    }
}

/// Plans a record of a key, among those that its name has; the resource may have been another before.
pub(super) fn plan(key: &Key, before: Option<&Key>, current: &[ResourceRecordSet]) -> Result<Plan, Failure> {
    let mut plan = Plan::default();
    for record in current {
        let its = Key::of(&key.zone, record);
        if its == *key {
            plan.own = Some(record.clone());
            continue;
        }
        let was_this = before == Some(&its);
        let is_beside = match (&its.kind, &key.kind) {
            (left, right) if left == right => its.set_identifier.is_some() && key.set_identifier.is_some(),
            (RrType::Cname, _) | (_, RrType::Cname) => false,
            _ => true,
        };
        if is_beside {
            continue;
        }
        if !was_this {
            may_go(key, &its)?;
        }
        plan.others.push(record.clone());
    }
    Ok(plan)
}

fn may_go(key: &Key, its: &Key) -> Result<(), Failure> {
    let Key { name, kind, set_identifier, zone: _ } = key;
    let (kind, other) = (kind.as_str(), its.kind.as_str());
    if key.kind == its.kind {
        return Err(Failure::new(match set_identifier {
            Some(_) => format!(
                "`{name}` has a simple {other} record, beside which none with a SetIdentifier can be: give that one an identifier, \
                 or delete it"
            ),
            None => format!(
                "`{name}` has {other} records with identifiers, which share what they answer, and beside which no simple record \
                 can be: give this one a SetIdentifier and a Weight, or delete those"
            ),
        }));
    }
    let is_address = |kind: &RrType| matches!(kind, RrType::A | RrType::Aaaa | RrType::Cname);
    if is_address(&key.kind) && is_address(&its.kind) && set_identifier.is_none() && its.set_identifier.is_none() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "`{name}` has a {other} record, and a {kind} record cannot be beside it, as a CNAME has a name alone: delete it, or use \
         another name"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(text: &str) -> ResourceRecordSet {
        let (kind, set) = text.split_once(' ').map_or((text, None), |(kind, set)| (kind, Some(set.to_owned())));
        ResourceRecordSet::builder()
            .name("www.example.com.")
            .r#type(RrType::from(kind))
            .set_set_identifier(set)
            .build()
            .unwrap()
    }

    fn planned(wanted: &str, before: Option<&str>, current: &[&str]) -> String {
        let key = Key::of("Z1", &record(wanted));
        let before = before.map(|before| Key::of("Z1", &record(before)));
        let current: Vec<_> = current.iter().map(|text| record(text)).collect();
        match plan(&key, before.as_ref(), &current) {
            Ok(plan) => {
                let kinds: Vec<&str> = plan.others.iter().map(|record| record.r#type().as_str()).collect();
                format!("{} {}", if plan.own.is_some() { "replaces" } else { "makes" }, kinds.join(","))
                    .trim()
                    .to_owned()
            }
            Err(failure) => failure.reason.split(':').next().unwrap_or_default().to_owned(),
        }
    }

    #[test]
    fn what_cannot_be_beside_it_makes_way() {
        assert_eq!(planned("A", None, &[]), "makes");
        assert_eq!(planned("A", None, &["A", "AAAA", "TXT"]), "replaces");
        assert_eq!(planned("A", None, &["CNAME"]), "makes CNAME");
        assert_eq!(planned("CNAME", None, &["A", "AAAA"]), "makes A,AAAA");
        assert_eq!(planned("CNAME", None, &["CNAME"]), "replaces");
    }

    #[test]
    fn what_is_not_an_address_stays() {
        assert_eq!(
            planned("CNAME", None, &["A", "MX"]),
            "`www.example.com.` has a MX record, and a CNAME record cannot be beside it, as a CNAME has a name alone"
        );
        assert!(planned("TXT", None, &["CNAME"]).starts_with("`www.example.com.` has a CNAME record"));
    }

    #[test]
    fn records_share_a_name_or_are_alone() {
        assert_eq!(planned("A blue", None, &["A blue", "A green"]), "replaces");
        assert_eq!(planned("A blue", None, &["A green"]), "makes");
        assert!(planned("A blue", None, &["A"]).starts_with("`www.example.com.` has a simple A record"));
        assert!(planned("A", None, &["A blue"]).starts_with("`www.example.com.` has A records with identifiers"));
        assert!(planned("A blue", None, &["CNAME"]).starts_with("`www.example.com.` has a CNAME record"));
    }

    #[test]
    fn what_the_resource_was_before_makes_way() {
        assert_eq!(planned("A blue", Some("A"), &["A"]), "makes A");
        assert_eq!(planned("A", Some("A blue"), &["A blue"]), "makes A");
        assert_eq!(planned("TXT", Some("CNAME"), &["CNAME"]), "makes CNAME");
    }
}
