//! `vpc`: the network of services, which exists.

use super::Loader;
use super::model::{Groups, Vpc};
use crate::diagnostic::Located;
use crate::document::{Fields, Kind, Node};

impl Loader<'_, '_, '_> {
    /// The network, in the words of `Environment` as far as that has them.
    pub(super) fn vpc(&mut self, node: Option<Node>) -> Vpc {
        let mut vpc = Vpc::default();
        let Some(mut fields) = node.and_then(|node| self.reader.fields(node, "a map with `id` and `subnets`")) else {
            return vpc;
        };
        if let Some(id) = fields.take("id") {
            vpc.environment.insert("VpcId".to_owned(), id);
        }
        if let Some(mut subnets) = self.kinds(&mut fields, "subnets") {
            for (key, name) in [("public", "PublicSubnetIds"), ("private", "PrivateSubnetIds")] {
                let is_empty = |node: &Node| matches!(&node.kind, Kind::Sequence(items) if items.is_empty());
                if let Some(node) = subnets.take(key).filter(|node| !is_empty(node)) {
                    vpc.environment.insert(name.to_owned(), node);
                }
            }
        }
        if let Some(mut groups) = self.kinds(&mut fields, "security_groups") {
            vpc.public_groups = self.groups(groups.take("public"));
            vpc.private_groups = self.groups(groups.take("private"));
        }
        vpc
    }

    fn kinds(&mut self, fields: &mut Fields, key: &str) -> Option<Fields> {
        let node = fields.take(key)?;
        self.reader.fields(node, "a map with `public` and `private`")
    }

    /// Ids of security groups; `None` where there are none.
    fn groups(&mut self, node: Option<Node>) -> Option<Groups> {
        let node = node?;
        let origin = node.origin;
        if let Kind::Deferred(_) = node.kind {
            self.reader
                .diagnostics
                .error(origin, "this must be a list of ids of security groups, not a function that gives one")
                .fix("take them out of it one by one, `[!Select [0, !Ref Groups], !Select [1, !Ref Groups]]`");
            return None;
        }
        let groups = self.texts(Some(node), "a list of ids of security groups");
        (!groups.is_empty()).then_some(Located::new(origin, groups))
    }
}
