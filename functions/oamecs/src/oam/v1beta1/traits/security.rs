//! What containers may do: `securitycontext`, `podsecuritycontext`, `service-account`.

use super::super::super::Loader;
use super::super::super::kubernetes::resources::Resources;
use super::super::super::model::{Component, Container};
use crate::diagnostic::Located;
use crate::document::{Fields, Node};
use crate::expression::{Expr, Piece, concatenate};

impl Loader<'_, '_, '_> {
    /// Sets what containers may do.
    pub(super) fn security_context(&mut self, fields: Fields, component: &mut Component) {
        self.change(fields, component, Self::secure);
    }

    fn secure(&mut self, mut fields: Fields, container: &mut Container) {
        let (user, group) = (fields.take("runAsUser"), fields.take("runAsGroup"));
        if let Some(user) = self.user(user, group) {
            container.security.user = Some(user);
        }
        let mut flag = |key: &str| fields.take(key).and_then(|node| self.reader.any_bool(&node));
        if let Some(read_only) = flag("readOnlyRootFilesystem") {
            container.security.read_only = Some(read_only);
        }
        if let Some(privileged) = flag("privileged") {
            container.security.privileged = Some(privileged);
        }
        let mut capabilities = |key: &str| self.names(fields.take(key), "a list of capabilities");
        container.security.added.extend(capabilities("addCapabilities"));
        container.security.dropped.extend(capabilities("dropCapabilities"));
    }

    /// Sets the user of all containers that have none of their own.
    pub(super) fn pod_security_context(&mut self, mut fields: Fields, component: &mut Component) {
        let (user, group) = (fields.take("runAsUser"), fields.take("runAsGroup"));
        let Some(user) = self.user(user, group) else { return };
        let pod = &mut component.pod;
        for container in pod.containers.iter_mut().chain(&mut pod.init_containers) {
            container.security.user.get_or_insert_with(|| user.clone());
        }
    }

    /// A user and a group, as in `1000:1000`.
    pub(in crate::oam) fn user(&mut self, user: Option<Node>, group: Option<Node>) -> Option<Located<Expr<String>>> {
        let group = group.and_then(|node| self.reader.text(&node));
        let Some(user) = user.and_then(|node| self.reader.text(&node)) else {
            if let Some(group) = group {
                self.reader
                    .diagnostics
                    .error(group.origin, "a group alone is not available on ECS: it is said together with the user")
                    .fix("write `runAsUser` too");
            }
            return None;
        };
        let Some(group) = group else { return Some(user) };
        let pieces = |text: Expr<String>| match text {
            Expr::Known(text) => vec![Piece::Literal(text)],
            Expr::Deferred(deferred) => deferred.pieces().to_vec(),
        };
        let mut both = pieces(user.value);
        both.push(Piece::Literal(":".to_owned()));
        both.extend(pieces(group.value));
        Some(Located::new(user.origin, concatenate(both)))
    }

    /// The account of a component: a role where it is one of AWS.
    pub(super) fn service_account(&mut self, mut fields: Fields, component: &mut Component, resources: &Resources) {
        let Some(node) = self.needed(&mut fields, "name", "name: shop") else { return };
        let Some(name) = self.reader.text(&node) else { return };
        if let Some(role) = self.account(name, resources) {
            component.pod.role = Some(role);
        }
    }

    /// The role that an account of a cluster is: one of AWS, where it is named so, or the account of the documents takes one.
    pub(in crate::oam) fn account(
        &mut self,
        name: Located<Expr<String>>,
        resources: &Resources,
    ) -> Option<Located<Expr<String>>> {
        if name.value.known().is_none_or(|name| name.starts_with("arn:")) {
            return Some(name);
        }
        if let Some(role) = name.value.known().and_then(|name| resources.role_of(name)) {
            return Some(role.clone());
        }
        if name.value.known().is_some_and(|name| name != "default") {
            let message = "the account has no effect: a task has a role of its own instead of an account of a cluster";
            self.reader
                .diagnostics
                .note(name.origin, message)
                .fix("write the ARN of a role as the name, or give the role rights with the declaration's `Workloads`");
        }
        None
    }
}
