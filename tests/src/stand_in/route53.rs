//! Amazon Route 53: zones and their records, in pages of two. What is changed is in sync half a minute later.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use roxmltree::{Document, Node};
use serde_json::Value;

use super::{Refusal, form};
use crate::http::Asked;

/// A zone.
#[derive(Clone, Debug, Default)]
pub struct Zone {
    /// With a dot at its end.
    pub name: String,
    /// The VPCs that use it; none for a public zone.
    pub vpcs: Vec<String>,
    /// Its records.
    pub records: Vec<Record>,
    /// Whose the zone is: the access key that may change it; any where there is none.
    pub key: Option<String>,
}

/// A record set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// In lower case, with a dot at its end, `\052` for `*`.
    pub name: String,
    /// `A`.
    pub kind: String,
    /// What tells it from others of its name and type.
    pub set_identifier: Option<String>,
    /// How much of what is asked it answers.
    pub weight: Option<String>,
    /// Seconds.
    pub ttl: Option<String>,
    /// What it answers.
    pub values: Vec<String>,
    /// The name and the zone of what it follows.
    pub alias: Option<(String, String)>,
}

impl Record {
    /// A record of its own.
    pub fn new(name: &str, kind: &str, ttl: u32, value: &str) -> Self {
        let values = vec![value.to_owned()];
        Self { name: name.to_owned(), kind: kind.to_owned(), ttl: Some(ttl.to_string()), values, ..Self::default() }
    }

    /// One that follows a load balancer.
    pub fn alias(name: &str, kind: &str, target: &str) -> Self {
        let alias = Some((target.to_owned(), "ZBALANCER".to_owned()));
        Self { name: name.to_owned(), kind: kind.to_owned(), alias, ..Self::default() }
    }

    fn read(node: Node<'_, '_>) -> Self {
        let text = |name: &str| child(node, name).and_then(|child| child.text()).map(str::to_owned);
        let values = node.descendants().filter(|node| node.has_tag_name((NAMESPACE, "Value")));
        let alias = child(node, "AliasTarget").map(|alias| {
            let text = |name| child(alias, name).and_then(|child| child.text()).unwrap_or_default();
            // It is kept in lower case, with a dot at its end.
            let target = format!("{}.", text("DNSName").trim_end_matches('.').to_lowercase());
            (target, text("HostedZoneId").to_owned())
        });
        let name = text("Name").unwrap_or_default().to_lowercase().replace('*', "\\052");
        Self {
            name: format!("{}.", name.trim_end_matches('.')),
            kind: text("Type").unwrap_or_default(),
            set_identifier: text("SetIdentifier"),
            weight: text("Weight"),
            ttl: text("TTL"),
            values: values.filter_map(|value| value.text().map(str::to_owned)).collect(),
            alias,
        }
    }

    fn written(&self) -> String {
        let Self { name, kind, set_identifier, weight, ttl, values, alias } = self;
        let element = |name: &str, text: &Option<String>| {
            text.as_ref().map(|text| format!("<{name}>{text}</{name}>")).unwrap_or_default()
        };
        let values: String =
            values.iter().map(|value| format!("<ResourceRecord><Value>{value}</Value></ResourceRecord>")).collect();
        let values = if values.is_empty() { values } else { format!("<ResourceRecords>{values}</ResourceRecords>") };
        let alias = alias.as_ref().map(|(target, zone)| {
            format!(
                "<AliasTarget><HostedZoneId>{zone}</HostedZoneId><DNSName>{target}</DNSName>\
                 <EvaluateTargetHealth>false</EvaluateTargetHealth></AliasTarget>"
            )
        });
        format!(
            "<ResourceRecordSet><Name>{name}</Name><Type>{kind}</Type>{}{}{}{values}{}</ResourceRecordSet>",
            element("SetIdentifier", set_identifier),
            element("Weight", weight),
            element("TTL", ttl),
            alias.unwrap_or_default()
        )
    }

    fn key(&self) -> (String, String, Option<String>) {
        (reversed(&self.name), self.kind.clone(), self.set_identifier.clone())
    }
}

/// The zones of all accounts.
#[derive(Debug, Default)]
pub struct Zones {
    /// By id.
    pub zones: BTreeMap<String, Zone>,
    /// When each change is in sync.
    pub changes: BTreeMap<String, SystemTime>,
}

const NAMESPACE: &str = "https://route53.amazonaws.com/doc/2013-04-01/";

/// What is asked, by its method and path.
pub(super) fn operation(asked: &str) -> &'static str {
    let (method, path) = asked.split_once(' ').unwrap_or_default();
    let path = path.split('?').next().unwrap_or_default().trim_end_matches('/');
    let parts: Vec<&str> = path.split('/').skip(2).collect();
    match (method, parts.as_slice()) {
        ("GET", ["hostedzonesbyname"]) => "ListHostedZonesByName",
        ("GET", ["hostedzone", _]) => "GetHostedZone",
        ("GET", ["hostedzone", _, "rrset"]) => "ListResourceRecordSets",
        ("POST", ["hostedzone", _, "rrset"]) => "ChangeResourceRecordSets",
        ("GET", ["change", _]) => "GetChange",
        _ => panic!("no stand-in for route53 {asked}"),
    }
}

impl Zones {
    /// The records of a zone, as `name kind value`.
    pub fn records(&self, zone: &str) -> Vec<String> {
        let records = self.zones.get(zone).into_iter().flat_map(|zone| &zone.records);
        records
            .map(|record| {
                let alias = record.alias.iter().map(|(target, _)| target.clone());
                let answers: Vec<String> = record.values.iter().cloned().chain(alias).collect();
                format!("{} {} {}", record.name, record.kind, answers.join(","))
            })
            .collect()
    }

    pub(super) fn call(&mut self, operation_: &str, asked: &Asked, now: SystemTime) -> Result<Value, Refusal> {
        let (path, query) = asked.path.split_once('?').unwrap_or((&asked.path, ""));
        let (id, query) = (path.split('/').nth(3).unwrap_or_default(), form(query));
        let operation = operation(operation_);
        let answer = match operation {
            "ListHostedZonesByName" => self.by_name(&query),
            "GetChange" => {
                let Some(end) = self.changes.get(id) else {
                    return Err(Refusal::new("NoSuchChange", format!("A change with id {id} does not exist")));
                };
                change_info(id, if *end <= now { "INSYNC" } else { "PENDING" })
            }
            _ => {
                let Some(zone) = self.zones.get_mut(id) else {
                    return Err(Refusal::new("NoSuchHostedZone", format!("No hosted zone found with ID: {id}")));
                };
                let access_key = asked.headers["authorization"].split("Credential=").nth(1).unwrap_or_default();
                if zone.key.as_deref().is_some_and(|key| !access_key.starts_with(key)) {
                    return Err(Refusal::new("AccessDenied", format!("not authorized to access {id}")));
                }
                match operation {
                    "GetHostedZone" => {
                        let vpcs: String = zone
                            .vpcs
                            .iter()
                            .map(|vpc| format!("<VPC><VPCRegion>eu-west-1</VPCRegion><VPCId>{vpc}</VPCId></VPC>"))
                            .collect();
                        let vpcs = if vpcs.is_empty() { vpcs } else { format!("<VPCs>{vpcs}</VPCs>") };
                        format!("{}{vpcs}", described(id, zone))
                    }
                    "ListResourceRecordSets" => zone.listed(&query),
                    _ => {
                        zone.change(&asked.body)?;
                        let id = format!("C{}", self.changes.len() + 1);
                        self.changes.insert(id.clone(), now + Duration::from_secs(30));
                        change_info(&id, "PENDING")
                    }
                }
            }
        };
        Ok(format!("<{operation}Response xmlns=\"{NAMESPACE}\">{answer}</{operation}Response>").into())
    }

    fn by_name(&self, query: &BTreeMap<String, String>) -> String {
        let mut sorted: Vec<(String, &String, &Zone)> =
            self.zones.iter().map(|(id, zone)| (reversed(&zone.name), id, zone)).collect();
        sorted.sort_by(|left, right| (&left.0, left.1).cmp(&(&right.0, right.1)));
        let start = query.get("dnsname").map(|name| reversed(name)).unwrap_or_default();
        let first = query.get("hostedzoneid").cloned().unwrap_or_default();
        let mut rest = sorted.into_iter().filter(|(name, id, _)| (name, *id) >= (&start, &first));
        let page: String = rest.by_ref().take(2).map(|(_, id, zone)| described(id, zone)).collect();
        let next = rest.next().map(|(_, id, zone)| {
            format!("<NextDNSName>{}</NextDNSName><NextHostedZoneId>{id}</NextHostedZoneId>", zone.name)
        });
        format!(
            "<HostedZones>{page}</HostedZones><IsTruncated>{}</IsTruncated>{}<MaxItems>2</MaxItems>",
            next.is_some(),
            next.unwrap_or_default()
        )
    }
}

impl Zone {
    fn listed(&self, query: &BTreeMap<String, String>) -> String {
        let get = |name: &str| query.get(name).cloned();
        let name = get("name").unwrap_or_default().replace('*', "\\052");
        let start = (reversed(&name), get("type").unwrap_or_default(), get("identifier"));
        let mut sorted: Vec<&Record> = self.records.iter().collect();
        sorted.sort_by_key(|record| record.key());
        let mut rest = sorted.into_iter().filter(|record| record.key() >= start);
        let page: String = rest.by_ref().take(2).map(Record::written).collect();
        let next = rest.next().map(|record| {
            let identifier = record.set_identifier.as_ref();
            let identifier = identifier.map(|id| format!("<NextRecordIdentifier>{id}</NextRecordIdentifier>"));
            format!(
                "<NextRecordName>{}</NextRecordName><NextRecordType>{}</NextRecordType>{}",
                record.name,
                record.kind,
                identifier.unwrap_or_default()
            )
        });
        format!(
            "<ResourceRecordSets>{page}</ResourceRecordSets><IsTruncated>{}</IsTruncated>{}<MaxItems>2</MaxItems>",
            next.is_some(),
            next.unwrap_or_default()
        )
    }

    /// All of a batch, or nothing.
    fn change(&mut self, batch: &str) -> Result<(), Refusal> {
        let document = Document::parse(batch).unwrap_or_else(|error| panic!("{error}: {batch}"));
        let mut records = self.records.clone();
        let refused = |why: String| Refusal::new("InvalidChangeBatch", format!("[{why}]"));
        for change in document.descendants().filter(|node| node.has_tag_name((NAMESPACE, "Change"))) {
            let action = child(change, "Action").and_then(|node| node.text()).unwrap_or_default();
            let Some(record) = child(change, "ResourceRecordSet").map(Record::read) else { continue };
            let called = format!("resource record set [name='{}', type='{}'", record.name, record.kind);
            if !record.name.ends_with(&self.name) {
                return Err(refused(format!(
                    "RRSet with DNS name {} is not permitted in zone {}",
                    record.name, self.name
                )));
            }
            let there = records.iter().position(|known| known.key() == record.key());
            match (action, there) {
                ("CREATE", Some(_)) => return Err(refused(format!("Tried to create {called}] but it already exists"))),
                ("DELETE", None) => return Err(refused(format!("Tried to delete {called}] but it was not found"))),
                ("DELETE", Some(index)) => {
                    if records[index] != record {
                        return Err(refused(format!(
                            "Tried to delete {called}] but the values provided do not match the current values"
                        )));
                    }
                    records.remove(index);
                }
                (_, Some(index)) => records[index] = record,
                (_, None) => records.push(record),
            }
        }
        for (index, record) in records.iter().enumerate() {
            let others = records.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, other)| other);
            for other in others.filter(|other| other.name == record.name) {
                if record.kind == "CNAME" && other.kind != "CNAME" {
                    return Err(refused(format!(
                        "RRSet of type CNAME with DNS name {} is not permitted as it conflicts with other records",
                        record.name
                    )));
                }
                if record.kind == other.kind && record.set_identifier.is_some() != other.set_identifier.is_some() {
                    return Err(refused(format!("{} has simple and other records", record.name)));
                }
            }
        }
        self.records = records;
        Ok(())
    }
}

fn described(id: &str, zone: &Zone) -> String {
    let Zone { name, vpcs, records, key: _ } = zone;
    format!(
        "<HostedZone><Id>/hostedzone/{id}</Id><Name>{name}</Name><CallerReference>1</CallerReference>\
         <Config><PrivateZone>{}</PrivateZone></Config><ResourceRecordSetCount>{}</ResourceRecordSetCount></HostedZone>",
        !vpcs.is_empty(),
        records.len()
    )
}

fn change_info(id: &str, status: &str) -> String {
    format!(
        "<ChangeInfo><Id>/change/{id}</Id><Status>{status}</Status><SubmittedAt>2026-11-22T00:00:00Z</SubmittedAt></ChangeInfo>"
    )
}

/// `com.example.www.`, by which lists are sorted.
fn reversed(name: &str) -> String {
    let labels: Vec<&str> = name.trim_end_matches('.').split('.').rev().collect();
    labels.join(".") + "."
}

fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|child| child.has_tag_name((NAMESPACE, name)))
}
