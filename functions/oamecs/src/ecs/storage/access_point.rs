//! Access points: the directory of a file system that a volume, or a mounted part of it, is, and who writes there.

use std::collections::BTreeMap;

use super::{Named, Surroundings, existing};
use crate::cloudformation::Function;
use crate::cloudformation::resource::efs;
use crate::cloudformation::value::Text;
use crate::ecs::role::Role;
use crate::ecs::scope::Scope;
use crate::expression::{Expr, Piece, concatenate};
use crate::program::Volume;
use crate::program::platform::file_system::FileSystem;

/// The directory of a file system of its own that a volume is. It is made when it is first mounted, open to every user, as
/// the image decides who writes: Docker takes owner and mode from the image, which EFS cannot see.
const ROOT: &str = "/volume";
const ROOT_PERMISSIONS: &str = "0777";

/// The permissions of a directory that has an owner, as whom every access counts.
const OWNED_PERMISSIONS: &str = "0755";

/// The most directories on the way to the one that an access point shows, and the most characters of its path
/// ([limits](https://docs.aws.amazon.com/efs/latest/ug/API_RootDirectory.html)).
const DEPTH_LIMIT: usize = 4;
const PATH_LIMIT: usize = 100;

/// The access points of a volume: one for all of it, and one for each directory that is mounted alone.
pub(super) fn lower(
    scope: &mut Scope<'_>,
    name: &str,
    volume: &Volume,
    file_system: &Named,
    surroundings: &Surroundings<'_>,
) -> BTreeMap<Option<String>, Named> {
    let mut access_points = BTreeMap::new();
    if let FileSystem::Given(given) = &volume.file_system
        && let Some(access_point) = &given.access_point
    {
        access_points.insert(None, existing::named(&access_point.value, "access-point"));
        return access_points;
    }
    for subpath in std::iter::once(None).chain(surroundings.subpaths.iter().copied().map(Some)) {
        let name = match subpath {
            None => name.to_owned(),
            // Two slashes are in no name.
            Some(subpath) => format!("{name}//{subpath}"),
        };
        let properties = properties(scope, volume, file_system, subpath);
        let id = scope.add_for(&name, Role::AccessPoint, volume.origin, &properties).id();
        let named = Named { id: Function::reference(&id).into(), arn: Function::GetAtt(id, "Arn").into() };
        access_points.insert(subpath.map(str::to_owned), named);
    }
    access_points
}

fn properties(scope: &mut Scope<'_>, volume: &Volume, file_system: &Named, subpath: Option<&str>) -> efs::AccessPoint {
    let Volume { origin, file_system: kept_on, directory, owner, permissions, tags: _ } = volume;
    let is_made = matches!(kept_on, FileSystem::Made(_));
    let path = directory.as_ref().map_or(Expr::from(if is_made { ROOT } else { "/" }), |path| path.value.clone());
    let path = match subpath {
        None => path,
        Some(subpath) => within(&path, subpath),
    };
    if let Some(known) = path.known()
        && (known.len() > PATH_LIMIT || known.split('/').filter(|part| !part.is_empty()).count() > DEPTH_LIMIT)
    {
        let origin = directory.as_ref().map_or(*origin, |directory| directory.origin);
        scope
            .diagnostics
            .error(origin, format!("`{known}` is too deep for EFS, which mounts a directory at most {DEPTH_LIMIT} levels down, with {PATH_LIMIT} characters"))
            .fix("mount a directory above it, and give the program the path below that");
    }
    let known_permissions = permissions.as_ref().map(|permissions| Text::from(&permissions.value));
    let posix_user = owner.as_ref().map(|owner| efs::PosixUser {
        uid: Text::from(&owner.user.value),
        gid: Text::from(&owner.group.value),
        secondary_gids: Vec::new(),
    });
    let creation_info = efs::CreationInfo {
        owner_uid: posix_user.as_ref().map_or("0".into(), |user| user.uid.clone()),
        owner_gid: posix_user.as_ref().map_or("0".into(), |user| user.gid.clone()),
        permissions: known_permissions.unwrap_or(if posix_user.is_some() {
            OWNED_PERMISSIONS.into()
        } else {
            ROOT_PERMISSIONS.into()
        }),
    };
    let is_root = path.known().is_some_and(|path| path == "/");
    efs::AccessPoint {
        file_system_id: file_system.id.clone(),
        posix_user,
        // The root is there from the start: nothing can be said of how it is made.
        root_directory: Some(efs::RootDirectory {
            path: Some(Text::from(&path)),
            creation_info: (!is_root).then_some(creation_info),
        }),
    }
}

/// A directory below another.
fn within(path: &Expr<String>, subpath: &str) -> Expr<String> {
    match path {
        Expr::Known(path) => Expr::Known(format!("{}/{subpath}", path.trim_end_matches('/'))),
        Expr::Deferred(deferred) => {
            concatenate(deferred.pieces().iter().cloned().chain([Piece::Literal(format!("/{subpath}"))]))
        }
    }
}
