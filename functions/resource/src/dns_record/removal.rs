//! The record goes, and what was there before comes back.
//!
//! In: a deletion, or an update that a failed one goes before. Out: a zone without what the resource made, and a ledger that has
//! forgotten it.

use std::time::Duration;

use aws_sdk_route53::types::ResourceRecordSet;
use oamecs::cloudformation::value::Text;

use super::balancer::{balancer, is_of_stack};
use super::change::{Changed, change, records};
use super::key::Key;
use super::record_set::{Saved, answers_alike, wanted};
use super::{ATTEMPTS, Properties, Stop, Waiting, client, memory, recall, zone};
use crate::work::{Event, Failure, Outcome, Site, Step};

/// The resource goes, with its record. One that no answer has named is found again if it was begun.
pub(super) async fn delete(
    event: &Event<Properties>,
    properties: Option<&Properties>,
    physical_id: &str,
    site: &Site,
) -> Result<Step<Waiting>, Stop> {
    let key = match (Key::read(physical_id), properties) {
        (Some(key), Some(_)) => Some(key),
        (None, Some(properties)) => begun(event, properties, site).await?,
        (_, None) => None,
    };
    if let (Some(key), Some(properties)) = (key, properties) {
        unset(event, properties, &key, site).await?;
    }
    Ok(Outcome::new(physical_id).into())
}

/// The record of properties, if the resource has begun to make it: what is not remembered is somebody else's.
async fn begun(event: &Event<Properties>, properties: &Properties, site: &Site) -> Result<Option<Key>, Stop> {
    let given = properties.hosted_zone_id.as_ref().map(Text::as_str);
    let found = async {
        let record = wanted(properties)?;
        let zone = zone::find(&client(properties, site).await?, given, record.name()).await?;
        Ok(Key::of(&zone.id, &record))
    };
    let key = match found.await {
        Ok(key) => key,
        Err(Stop::Busy) => return Err(Stop::Busy),
        // So it was when the record was to be made.
        Err(Stop::NoZone(failure) | Stop::Failed(failure)) => {
            tracing::warn!(reason = failure.reason, "which record it is cannot be found: none is touched");
            return Ok(None);
        }
    };
    Ok(recall(event, &key, site).await?.map(|_| key))
}

/// Takes the record away, and puts back what was there before.
async fn unset(event: &Event<Properties>, properties: &Properties, key: &Key, site: &Site) -> Result<(), Stop> {
    let Ok(own) = wanted(properties) else { return Ok(()) };
    let client = client(properties, site).await?;
    let saved = recall(event, key, site).await?.unwrap_or_default();
    let mut previous: Option<Vec<ResourceRecordSet>> = None;
    for attempt in 1.. {
        let current = records(&client, &key.zone, &key.name).await?;
        let found = current.iter().find(|record| Key::of(&key.zone, record) == *key);
        let Some(found) = found.filter(|record| answers_alike(record, &own)) else {
            tracing::info!(%key, "the record is gone, or somebody else's by now: it is left alone");
            break;
        };
        if previous.is_none() {
            previous = Some(worth_restoring(event, &saved, site).await);
        }
        // Once it was refused, it is not put back any more than needed.
        let restored = if attempt < ATTEMPTS { previous.as_deref().unwrap_or_default() } else { &[] };
        let is_there = |record: &&ResourceRecordSet| {
            let its = Key::of(&key.zone, record);
            its != *key && current.iter().any(|other| Key::of(&key.zone, other) == its)
        };
        let restored: Vec<ResourceRecordSet> = restored.iter().filter(|record| !is_there(record)).cloned().collect();
        let takes_its_place = restored.iter().any(|record| Key::of(&key.zone, record) == *key);
        let deleted = if takes_its_place { &[][..] } else { std::slice::from_ref(found) };
        match change(&client, &key.zone, deleted, &restored).await? {
            Changed::Accepted(_) => break,
            Changed::Refused(why) if attempt > ATTEMPTS => {
                return Err(Failure::new(format!("the record `{}` cannot be deleted: {why}", key.name)).into());
            }
            Changed::Refused(_) => tokio::time::sleep(Duration::from_secs(2)).await,
        }
    }
    site.ledger.forget(&memory(event, key)).await;
    Ok(())
}

/// Takes away what an update has made that failed all the same, where it made another record than the one that there was: as the
/// stack goes back, CloudFormation deletes only what an answer has named.
pub(super) async fn undo(event: &Event<Properties>, old: Option<&Properties>, physical_id: &str, site: &Site) {
    let (Some(old), Some(key)) = (old, Key::read(physical_id)) else { return };
    let Ok(record) = wanted(old) else { return };
    if (Key { zone: key.zone.clone(), ..Key::of("", &record) }) == key {
        return;
    }
    let undone = async {
        match begun(event, old, site).await? {
            Some(failed) => unset(event, old, &failed, site).await,
            None => Ok(()),
        }
    };
    if let Err(stop) = undone.await {
        tracing::warn!(?stop, "what a failed update has made is left");
    }
}

/// What is put back: not what has nowhere to lead to any more.
async fn worth_restoring(event: &Event<Properties>, saved: &[Saved], site: &Site) -> Vec<ResourceRecordSet> {
    let is_going = !saved.is_empty()
        && site.aws.stack_status(&event.stack_id).await.is_ok_and(|status| status.starts_with("DELETE"));
    let mut kept = Vec::new();
    for saved in saved {
        let Some(record) = saved.record() else { continue };
        // With the whole stack its load balancers go.
        let goes = is_going && is_of_stack(event, &record, site).await.unwrap_or_default();
        // One that nobody can ask for may be there still.
        let is_gone = saved.has_balancer() && balancer(&record, site).await.is_ok_and(|balancer| balancer.is_none());
        if !goes && !is_gone {
            kept.push(record);
        }
    }
    kept
}
