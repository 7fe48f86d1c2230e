//! What Route 53 is asked of the records of a zone: which there are of a name, and that some are others from now on.

use aws_sdk_route53::Client;
use aws_sdk_route53::types::{Change, ChangeAction, ChangeBatch, ChangeInfo, ResourceRecordSet};

use super::Stop;
use super::key::canonical;
use crate::aws::code;
use crate::work::Failure;

/// All records of a name in a zone.
pub(super) async fn records(client: &Client, zone: &str, name: &str) -> Result<Vec<ResourceRecordSet>, Stop> {
    let mut found = Vec::new();
    let mut start = (name.to_owned(), None, None);
    loop {
        let (from, kind, identifier) = start;
        let asked = client
            .list_resource_record_sets()
            .hosted_zone_id(zone)
            .start_record_name(from)
            .set_start_record_type(kind)
            .set_start_record_identifier(identifier)
            .send()
            .await;
        let page =
            asked.map_err(|error| Stop::of(&error, &format!("the records of the zone `{zone}` cannot be listed")))?;
        found.extend(page.resource_record_sets().iter().filter(|record| canonical(record.name()) == name).cloned());
        match (page.is_truncated(), page.next_record_name()) {
            (true, Some(next)) if canonical(next) == name => {
                let identifier = page.next_record_identifier().map(str::to_owned);
                start = (next.to_owned(), page.next_record_type().cloned(), identifier);
            }
            _ => return Ok(found),
        }
    }
}

/// What came of a change.
pub(super) enum Changed {
    /// Its id, with which it can be waited for.
    Accepted(String),
    /// The records are not what they were when they were listed, or cannot be beside each other.
    Refused(String),
}

/// Deletes records and writes others, or neither.
pub(super) async fn change(
    client: &Client,
    zone: &str,
    deleted: &[ResourceRecordSet],
    written: &[ResourceRecordSet],
) -> Result<Changed, Stop> {
    let of = |action: ChangeAction, record: &ResourceRecordSet| {
        Change::builder().action(action).resource_record_set(record.clone()).build()
    };
    // What goes is first: a CNAME has a name alone.
    let changes = deleted.iter().map(|record| of(ChangeAction::Delete, record));
    let changes = changes.chain(written.iter().map(|record| of(ChangeAction::Upsert, record)));
    let unfit = |error: &dyn std::fmt::Display| Stop::from(Failure::new(error.to_string()));
    let changes: Vec<Change> = changes.collect::<Result<_, _>>().map_err(|error| unfit(&error))?;
    let batch = ChangeBatch::builder().comment("OamEcs").set_changes(Some(changes)).build();
    let batch = batch.map_err(|error| unfit(&error))?;
    match client.change_resource_record_sets().hosted_zone_id(zone).change_batch(batch).send().await {
        Ok(done) => {
            let id = done.change_info().map(ChangeInfo::id).unwrap_or_default();
            Ok(Changed::Accepted(id.rsplit('/').next().unwrap_or(id).to_owned()))
        }
        Err(error) if code(&error) == Some("InvalidChangeBatch") => Ok(Changed::Refused(crate::aws::explained(&error))),
        Err(error) => Err(Stop::of(&error, &format!("the records of the zone `{zone}` cannot be changed"))),
    }
}
