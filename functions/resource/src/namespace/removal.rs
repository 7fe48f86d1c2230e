//! The namespace goes, if it was made here, and nobody uses it.
//!
//! In: a deletion, with the namespace's id or without. Out: steps, to the end of the operation that deletes it.

use aws_sdk_servicediscovery::operation::delete_namespace::DeleteNamespaceError;
use aws_sdk_servicediscovery::types::{FilterCondition, ServiceFilter, ServiceFilterName};

use super::search::{self, find};
use super::{EMPTIES, OPERATION, OWNER, Properties, RESOURCE, Waiting, What, gone, pending, undoing};
use crate::aws::explained;
use crate::work::{Event, Failure, Progress, Site, Step};

/// Whether this resource of this stack made it.
pub(super) async fn is_ours(event: &Event<Properties>, arn: &str, site: &Site) -> Result<bool, Failure> {
    let asked = site.aws.service_discovery().list_tags_for_resource().resource_arn(arn).send().await;
    let tags = asked.map_err(|error| {
        Failure::new(format!("the tags of the namespace cannot be read, which say who made it: {}", explained(&error)))
    })?;
    let has = |key: &str, value: &str| tags.tags().iter().any(|tag| tag.key() == key && tag.value() == value);
    Ok(has(OWNER, &event.stack_id) && has(RESOURCE, &event.logical_id))
}

/// Deletes what was begun, and never answered.
pub(super) async fn delete_begun(event: &Event<Properties>, site: &Site) -> Progress<Waiting> {
    match site.ledger.recall(&pending(event)).await {
        Ok(Some(operation)) => return Ok(undoing(&operation, site)),
        Ok(None) => {}
        Err(error) => tracing::warn!(%error, "whether a namespace is being made is not known"),
    }
    delete_found(event, site).await
}

/// Deletes the namespace of the properties, if it was made here.
pub(super) async fn delete_found(event: &Event<Properties>, site: &Site) -> Progress<Waiting> {
    let Some(Properties { name, vpc_id, description: _ }) = event.properties() else { return Ok(gone(event)) };
    match find(name.as_str(), vpc_id.as_str(), site).await? {
        Some(found) => delete(event, &found.id, None, site).await,
        None => Ok(gone(event)),
    }
}

/// Deletes what was made here, as soon as nobody uses it; what somebody still uses after a while stays.
pub(super) async fn delete(
    event: &Event<Properties>,
    id: &str,
    waiting: Option<Waiting>,
    site: &Site,
) -> Progress<Waiting> {
    let Some(found) = search::by_id(id, site).await? else { return Ok(gone(event)) };
    if !is_ours(event, &found.arn, site).await? {
        return Ok(gone(event));
    }
    if !has_services(id, site).await? {
        let error = match site.aws.service_discovery().delete_namespace().id(id).send().await {
            Ok(asked) => return Ok(deleting(asked.operation_id().unwrap_or_default(), site)),
            Err(error) => error,
        };
        match error.as_service_error() {
            Some(DeleteNamespaceError::DuplicateRequest(known)) => {
                return Ok(deleting(known.duplicate_operation_id().unwrap_or_default(), site));
            }
            Some(DeleteNamespaceError::NamespaceNotFound(_)) => return Ok(gone(event)),
            Some(DeleteNamespaceError::ResourceInUse(_)) => {}
            _ => return Err(Failure::new(format!("the namespace `{id}` cannot be deleted: {}", explained(&error)))),
        }
    }
    let waiting = waiting.unwrap_or_else(|| Waiting::new(What::Empties(id.to_owned()), EMPTIES, site));
    if waiting.is_over(site) {
        tracing::warn!(id, "the namespace stays, as there are services in it");
        return Ok(gone(event));
    }
    Ok(waiting.again())
}

fn deleting(operation: &str, site: &Site) -> Step<Waiting> {
    Waiting::new(What::Deleted(operation.to_owned()), OPERATION, site).again()
}

async fn has_services(id: &str, site: &Site) -> Result<bool, Failure> {
    let unread = |error: &dyn std::fmt::Display| {
        Failure::new(format!("the services of the namespace `{id}` cannot be listed: {error}"))
    };
    let filter = ServiceFilter::builder()
        .name(ServiceFilterName::NamespaceId)
        .values(id)
        .condition(FilterCondition::Eq)
        .build()
        .map_err(|error| unread(&error))?;
    let mut pages = site.aws.service_discovery().list_services().filters(filter).into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| unread(&explained(&error)))?;
        if !page.services().is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}
