//! AWS Cloud Map: namespaces and the operations that make and delete them, in pages of two. It knows no filters, as moto, and an
//! operation ends half a minute after it was asked.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::{Refusal, Zone, Zones};

/// A namespace.
#[derive(Clone, Debug, Default)]
pub struct Namespace {
    /// A domain.
    pub name: String,
    /// `DNS_PRIVATE`.
    pub kind: String,
    /// What it is for.
    pub description: String,
    /// Its zone; `None` while it is being made.
    pub zone: Option<String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Its services.
    pub services: Vec<String>,
}

/// What goes on.
#[derive(Clone, Debug)]
struct Operation {
    /// When it ends.
    end: SystemTime,
    /// What comes of it.
    namespace: String,
    /// What it does in the end, if it has not.
    does: Option<Does>,
    /// Why it failed.
    failure: Option<String>,
    creator: String,
}

#[derive(Clone, Debug)]
enum Does {
    Create(Namespace, String),
    Delete,
    Describe(String),
}

/// The namespaces of the account.
#[derive(Debug, Default)]
pub struct Namespaces {
    /// By id.
    pub namespaces: BTreeMap<String, Namespace>,
    operations: BTreeMap<String, Operation>,
}

impl Namespaces {
    pub(super) fn call(
        &mut self,
        operation: &str,
        input: &Value,
        zones: &mut Zones,
        now: SystemTime,
    ) -> Result<Value, Refusal> {
        self.advance(zones, now);
        let text = |name: &str| input[name].as_str().unwrap_or_default().to_owned();
        match operation {
            "ListNamespaces" => {
                let all: Vec<Value> = self.namespaces.iter().map(|(id, namespace)| described(id, namespace)).collect();
                Ok(paged("Namespaces", &all, input))
            }
            "GetNamespace" => Ok(json!({ "Namespace": described(&text("Id"), self.named(&text("Id"))?) })),
            "ListServices" => {
                let namespace = self.named(input["Filters"][0]["Values"][0].as_str().unwrap_or_default())?;
                let all: Vec<Value> = namespace
                    .services
                    .iter()
                    .map(|name| json!({ "Name": name, "Id": format!("srv-{name}") }))
                    .collect();
                Ok(paged("Services", &all, input))
            }
            "ListTagsForResource" => {
                let namespace = self.named(text("ResourceARN").rsplit('/').next().unwrap_or_default())?;
                let tags = namespace.tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value }));
                Ok(json!({ "Tags": tags.collect::<Vec<_>>() }))
            }
            "GetOperation" => self.operation(&text("OperationId")),
            "CreatePrivateDnsNamespace" => self.create(input, zones, now),
            "UpdatePrivateDnsNamespace" => {
                self.named(&text("Id"))?;
                let description = input["Namespace"]["Description"].as_str().unwrap_or_default().to_owned();
                Ok(self.begin(text("Id"), Does::Describe(description), "", now))
            }
            "DeleteNamespace" => {
                if !self.named(&text("Id"))?.services.is_empty() {
                    return Err(Refusal::new("ResourceInUse", "Namespace has associated services"));
                }
                Ok(self.begin(text("Id"), Does::Delete, "", now))
            }
            _ => panic!("no stand-in for servicediscovery {operation}"),
        }
    }

    fn named(&self, id: &str) -> Result<&Namespace, Refusal> {
        let missing = || Refusal::new("NamespaceNotFound", format!("No namespace {id}"));
        self.namespaces.get(id).ok_or_else(missing)
    }

    fn create(&mut self, input: &Value, zones: &Zones, now: SystemTime) -> Result<Value, Refusal> {
        let text = |name: &str| input[name].as_str().unwrap_or_default().to_owned();
        let (name, vpc, creator) = (text("Name"), text("Vpc"), text("CreatorRequestId"));
        let same =
            self.operations.iter().find(|(_, operation)| operation.creator == creator && operation.does.is_some());
        if let Some((id, _)) = same {
            let mut refusal = Refusal::new("DuplicateRequest", "It is in progress");
            refusal.details = json!({ "DuplicateOperationId": id });
            return Err(refusal);
        }
        let used = |zone: &Option<String>| {
            zone.as_ref().and_then(|id| zones.zones.get(id)).is_some_and(|zone| zone.vpcs.contains(&vpc))
        };
        let clash =
            |namespace: &Namespace| namespace.name == name && (namespace.kind == "HTTP" || used(&namespace.zone));
        if let Some((id, _)) = self.namespaces.iter().find(|(_, namespace)| clash(namespace)) {
            let mut refusal = Refusal::new("NamespaceAlreadyExists", "It exists");
            refusal.details = json!({ "NamespaceId": id, "CreatorRequestId": "1" });
            return Err(refusal);
        }
        let tags = input["Tags"].as_array().cloned().unwrap_or_default();
        let tag = |tag: &Value, name: &str| tag[name].as_str().unwrap_or_default().to_owned();
        let namespace = Namespace {
            name,
            kind: "DNS_PRIVATE".to_owned(),
            description: text("Description"),
            zone: None,
            tags: tags.iter().map(|known| (tag(known, "Key"), tag(known, "Value"))).collect(),
            services: Vec::new(),
        };
        let id = format!("ns-{}", self.operations.len() + 1);
        Ok(self.begin(id, Does::Create(namespace, vpc), &creator, now))
    }

    fn begin(&mut self, namespace: String, does: Does, creator: &str, now: SystemTime) -> Value {
        let id = format!("operation-{}", self.operations.len() + 1);
        let (end, creator) = (now + Duration::from_secs(30), creator.to_owned());
        self.operations.insert(id.clone(), Operation { end, namespace, does: Some(does), failure: None, creator });
        json!({ "OperationId": id })
    }

    fn advance(&mut self, zones: &mut Zones, now: SystemTime) {
        let over = self.operations.values_mut().filter(|operation| operation.end <= now);
        for operation in over {
            let id = operation.namespace.clone();
            match operation.does.take() {
                None => {}
                Some(Does::Create(namespace, vpc)) => {
                    let domain = format!("{}.", namespace.name);
                    if zones.zones.values().any(|zone| zone.name == domain && zone.vpcs.contains(&vpc)) {
                        operation.failure = Some(format!(
                            "The VPC {vpc} has already been associated with a hosted zone of the same domain name. \
                             (Service: AmazonRoute53; Error Code: ConflictingDomainExists)"
                        ));
                        continue;
                    }
                    let zone = format!("Z{}", id.replace('-', "").to_uppercase());
                    zones.zones.insert(zone.clone(), Zone { name: domain, vpcs: vec![vpc], ..Zone::default() });
                    self.namespaces.insert(id, Namespace { zone: Some(zone), ..namespace });
                }
                Some(Does::Delete) => {
                    let gone = self.namespaces.remove(&id);
                    if let Some(zone) = gone.and_then(|namespace| namespace.zone) {
                        zones.zones.remove(&zone);
                    }
                }
                Some(Does::Describe(description)) => {
                    if let Some(namespace) = self.namespaces.get_mut(&id) {
                        namespace.description = description;
                    }
                }
            }
        }
    }

    fn operation(&self, id: &str) -> Result<Value, Refusal> {
        let known = self.operations.get(id);
        let Operation { namespace, does, failure, .. } =
            known.ok_or_else(|| Refusal::new("OperationNotFound", format!("No operation {id}")))?;
        let mut operation = json!({ "Id": id, "Status": "SUCCESS", "Targets": { "NAMESPACE": namespace } });
        if does.is_some() {
            operation["Status"] = "PENDING".into();
        }
        if let Some(failure) = failure {
            operation = json!({
                "Id": id, "Status": "FAIL", "ErrorCode": "CANNOT_CREATE_HOSTED_ZONE", "ErrorMessage": failure
            });
        }
        Ok(json!({ "Operation": operation }))
    }
}

fn described(id: &str, namespace: &Namespace) -> Value {
    let Namespace { name, kind, description, zone, .. } = namespace;
    let mut described = json!({
        "Id": id, "Arn": format!("arn:aws:servicediscovery:eu-west-1:123456789012:namespace/{id}"), "Name": name,
        "Type": kind, "Description": description, "Properties": { "HttpProperties": { "HttpName": name } },
    });
    if let Some(zone) = zone {
        described["Properties"]["DnsProperties"] = json!({ "HostedZoneId": zone });
    }
    described
}

fn paged(name: &str, all: &[Value], input: &Value) -> Value {
    let start = input["NextToken"].as_str().map_or(0, |token| token.parse().unwrap_or(usize::MAX));
    let page: Vec<&Value> = all.iter().skip(start).take(2).collect();
    let mut answer = json!({ name: page });
    if all.len() > start + 2 {
        answer["NextToken"] = (start + 2).to_string().into();
    }
    answer
}
