//! Files of environment variables that ECS reads when a task starts
//! ([how](https://docs.aws.amazon.com/AmazonECS/latest/developerguide/use-environment-file.html)).
//!
//! In: the addresses of a container's objects. Out: its `EnvironmentFiles`, and what the execution role must be allowed.

use serde_json::json;

use super::permissions::Grant;
use crate::cloudformation::Function;
use crate::cloudformation::function::{call, substitution};
use crate::cloudformation::resource::ecs::{EnvironmentFile, EnvironmentFileType};
use crate::cloudformation::resource::iam::Statement;
use crate::cloudformation::value::Text;
use crate::diagnostic::{Diagnostics, Located};
use crate::expression::{Deferred, Expr, Piece};
use crate::program::Workload;

/// The most files that a task definition takes, those of all its containers together.
const LIMIT: usize = 10;

/// What the name of an object ends in.
const ENDING: &str = ".env";

/// Lowers the objects of a container. For ECS the first that sets a variable wins, in the model the last.
pub(super) fn lower(objects: &[Located<Expr<String>>], diagnostics: &mut Diagnostics) -> Vec<EnvironmentFile> {
    for object in objects {
        check(object, diagnostics);
    }
    let file = |object: &Located<Expr<String>>| EnvironmentFile {
        kind: EnvironmentFileType::S3,
        value: Text::from(&object.value),
    };
    objects.iter().rev().map(file).collect()
}

/// Reports what no task could start with.
fn check(object: &Located<Expr<String>>, diagnostics: &mut Diagnostics) {
    let is_of_object = |arn: &String| arn.contains(":s3:::") && arn.contains('/');
    if let Some(arn) = object.value.known().filter(|arn| !is_of_object(arn)) {
        diagnostics
            .error(object.origin, format!("`{arn}` is not the ARN of an object of S3"))
            .fix("write the whole ARN, `arn:<partition>:s3:::<bucket>/web.env`, or a function that gives it");
    } else if shown(&object.value).is_some_and(|text| !text.ends_with(ENDING) && !text.ends_with('}')) {
        diagnostics
            .error(
                object.origin,
                format!("ECS reads environment variables from objects only whose names end in `{ENDING}`"),
            )
            .fix(format!("give the object another name, for example `web{ENDING}`"));
    }
}

/// Reports a workload whose containers have too many.
pub(super) fn check_count(workload: &Workload, diagnostics: &mut Diagnostics) {
    let mut objects = workload.containers().flat_map(|container| &container.environment_files);
    if let Some(first_too_many) = objects.nth(LIMIT) {
        diagnostics
            .error(first_too_many.origin, format!("a task reads {LIMIT} objects with environment variables at most"))
            .fix("put what they hold into fewer objects");
    }
}

/// What an execution role is allowed for the objects of a workload.
pub(super) fn grant(workload: &Workload) -> Option<Grant> {
    let mut objects: Vec<Text> = Vec::new();
    let mut buckets: Vec<Text> = Vec::new();
    for object in workload.containers().flat_map(|container| &container.environment_files) {
        let (object, bucket) = (Text::from(&object.value), bucket(&object.value));
        if !objects.contains(&object) {
            objects.push(object);
        }
        if !buckets.contains(&bucket) {
            buckets.push(bucket);
        }
    }
    let statement =
        |action: &'static str, resource| Statement { action: vec![action.into()], resource, ..Statement::default() };
    (!objects.is_empty()).then(|| {
        let statements = vec![statement("s3:GetObject", objects), statement("s3:GetBucketLocation", buckets)];
        Grant::new("environment-files".to_owned(), statements)
    })
}

/// The ARN of the bucket of an object, which ends where the object's key begins.
fn bucket(object: &Expr<String>) -> Text {
    match object {
        Expr::Known(arn) => arn.split_once('/').map_or(arn.as_str(), |(bucket, _)| bucket).to_owned().into(),
        Expr::Deferred(deferred) => match plain_substitution(deferred).and_then(|text| text.split_once('/')) {
            Some((bucket, _)) if bucket.contains("${") => Function::Author(json!({ "Fn::Sub": bucket })).into(),
            _ => Function::Select(0, Box::new(Function::Split("/", Box::new(Text::from(object))))).into(),
        },
    }
}

/// The text of `Fn::Sub` without variables of its own.
fn plain_substitution(deferred: &Deferred) -> Option<&str> {
    let (_, argument) = call(deferred.alone()?).filter(|(name, _)| *name == "Fn::Sub")?;
    substitution(argument).filter(|(_, variables)| variables.is_none()).map(|(text, _)| text)
}

/// How far the end of an expression is known: text that may hold functions as `${…}`.
fn shown(object: &Expr<String>) -> Option<&str> {
    match object {
        Expr::Known(text) => Some(text),
        Expr::Deferred(deferred) => match deferred.pieces().last()? {
            Piece::Literal(text) => Some(text),
            Piece::Function(_) => plain_substitution(deferred),
        },
    }
}
