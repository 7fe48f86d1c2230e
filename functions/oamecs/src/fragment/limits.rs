//! What CloudFormation and the services refuse, as one table.
//!
//! Sources are beside the rows. Quotas that an account can have raised are notes, as nobody knows here whether it was.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::spliced::Generated;
use crate::diagnostic::{Diagnostics, Origin};

/// The most bytes of a template that a caller sends along in the request itself, without a bucket.
/// Source: [CloudFormation quotas](https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html).
pub const INLINE_BYTES: usize = 51_200;
/// The most bytes of a template, processed or not.
/// Source: [CloudFormation quotas](https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html).
pub const TEMPLATE_BYTES: usize = 1_000_000;
/// The most characters of a logical id.
/// Source: [CloudFormation quotas](https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html).
pub(super) const ID_LENGTH: usize = 255;

struct Limit {
    what: &'static str,
    most: usize,
    measure: Measure,
    /// Whether an account can have it raised.
    adjustable: bool,
    fix: &'static str,
}

enum Measure {
    /// Resources of the template.
    Resources,
    /// Entries of a section of the template.
    Section(&'static str),
    /// Items of the lists of this name, one of [`COUNTED`](crate::cloudformation::survey::COUNTED), in a resource of this
    /// type.
    Items(&'static str, &'static str),
    /// Bytes of the properties of a resource of this type.
    Weight(&'static str),
    /// Resources of this type that have the same value of this property.
    Sharing(&'static str, &'static str),
}

const SERVICE: &str = "AWS::ECS::Service";
const TASK_DEFINITION: &str = "AWS::ECS::TaskDefinition";

const LIMITS: &[Limit] = &[
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
    Limit {
        what: "resources",
        most: 500,
        measure: Measure::Resources,
        adjustable: false,
        fix: "divide the applications between several stacks that share an environment",
    },
    Limit {
        what: "outputs",
        most: 200,
        measure: Measure::Section("Outputs"),
        adjustable: false,
        fix: "divide the applications between several stacks that share an environment",
    },
    // The length of the template, `TEMPLATE_BYTES`, is measured when it is written.
    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html
    Limit {
        what: "target groups",
        most: 5,
        measure: Measure::Items(SERVICE, "LoadBalancers"),
        adjustable: false,
        fix: "publish fewer ports, or divide the service",
    },
    Limit {
        what: "security groups",
        most: 5,
        measure: Measure::Items(SERVICE, "SecurityGroups"),
        adjustable: false,
        fix: "join fewer networks",
    },
    Limit {
        what: "subnets",
        most: 16,
        measure: Measure::Items(SERVICE, "Subnets"),
        adjustable: false,
        fix: "use subnets of fewer availability zones",
    },
    Limit {
        what: "containers, those that prepare its names and secrets included",
        most: 10,
        measure: Measure::Items(TASK_DEFINITION, "ContainerDefinitions"),
        adjustable: false,
        fix: "divide the containers between several services",
    },
    Limit {
        what: "bytes",
        most: 65_536,
        measure: Measure::Weight(TASK_DEFINITION),
        adjustable: false,
        fix: "shorten the environment, the commands and the files, or move them into the image",
    },
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
    Limit {
        what: "values in its conditions",
        most: 5,
        measure: Measure::Items("AWS::ElasticLoadBalancingV2::ListenerRule", "Values"),
        adjustable: false,
        fix: "name fewer hosts and paths, or divide the rule",
    },
    Limit {
        what: "rules",
        most: 100,
        measure: Measure::Sharing("AWS::ElasticLoadBalancingV2::ListenerRule", "ListenerArn"),
        adjustable: true,
        fix: "name fewer hosts and paths, or have the quota raised and go on",
    },
    Limit {
        what: "listeners",
        most: 50,
        measure: Measure::Sharing("AWS::ElasticLoadBalancingV2::Listener", "LoadBalancerArn"),
        adjustable: true,
        fix: "publish fewer ports, or have the quota raised and go on",
    },
    // https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
    Limit {
        what: "inbound rules",
        most: 60,
        measure: Measure::Sharing("AWS::EC2::SecurityGroupIngress", "GroupId"),
        adjustable: true,
        fix: "publish fewer ports, or have the quota raised and go on",
    },
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    Limit {
        what: "managed policies",
        most: 10,
        measure: Measure::Items("AWS::IAM::Role", "ManagedPolicyArns"),
        adjustable: true,
        fix: "write one policy of what they allow, or have the quota raised and go on",
    },
];

impl Limit {
    fn exceeded(&self, whose: &str, count: usize, origin: Origin, diagnostics: &mut Diagnostics) {
        let message = format!("{whose} has {count} {}, and at most {} are possible", self.what, self.most);
        let entry = if self.adjustable {
            diagnostics.note(origin, format!("{message} unless the quota of the account was raised"))
        } else {
            diagnostics.error(origin, message)
        };
        entry.fix(self.fix);
    }
}

/// Counts what several resources share, on the way through the template.
#[derive(Debug, Default)]
pub(super) struct Limits<'a> {
    /// By row of the table and value of the property.
    sharing: BTreeMap<(usize, String), Shared<'a>>,
}

/// Resources that have a property's value in common.
#[derive(Debug)]
struct Shared<'a> {
    count: usize,
    last: &'a str,
    origin: Origin,
}

impl<'a> Limits<'a> {
    /// Checks a generated resource.
    pub(super) fn resource(&mut self, id: &'a str, resource: &Generated, diagnostics: &mut Diagnostics) {
        let Generated { kind, origin, properties, .. } = resource;
        let (kind, origin) = (*kind, *origin);
        for (row, limit) in LIMITS.iter().enumerate() {
            let count = match limit.measure {
                Measure::Items(of, list) if of == kind => properties.survey().count(list),
                Measure::Weight(of) if of == kind => properties.text().len(),
                Measure::Sharing(of, property) if of == kind => {
                    let Some(value) = properties.property(property) else { continue };
                    let shared = Shared { count: 0, last: id, origin };
                    let shared = self.sharing.entry((row, value.to_string())).or_insert(shared);
                    (shared.count, shared.last, shared.origin) = (shared.count + 1, id, origin);
                    continue;
                }
                _ => continue,
            };
            if count > limit.most {
                limit.exceeded(&format!("`{id}`"), count, origin, diagnostics);
            }
        }
    }

    /// Checks the template as a whole, but for its length.
    pub(super) fn finish(self, resources: usize, fragment: &Map<String, Json>, diagnostics: &mut Diagnostics) {
        for ((row, _), shared) in self.sharing {
            if let Some(limit) = LIMITS.get(row).filter(|limit| shared.count > limit.most) {
                let whose = format!("what `{}` belongs to", shared.last);
                limit.exceeded(&whose, shared.count, shared.origin, diagnostics);
            }
        }
        for limit in LIMITS {
            let count = match limit.measure {
                Measure::Resources => resources,
                Measure::Section(name) => fragment.get(name).and_then(Json::as_object).map_or(0, Map::len),
                _ => continue,
            };
            if count > limit.most {
                limit.exceeded("the finished template", count, Origin::TEMPLATE, diagnostics);
            }
        }
    }
}
