//! What port numbers say where a document is silent: which speak HTTP, and which have no business on the internet.

/// Container ports that speak HTTP by custom.
const HTTP: [u16; 29] = [
    80, 81, 82, 591, 2368, 3000, 3001, 3030, 4000, 4200, 4321, 4567, 5000, 5001, 5173, 5601, 7474, 8000, 8001, 8008,
    8080, 8081, 8082, 8088, 8090, 8888, 9000, 9090, 15672,
];

/// Container ports that speak HTTP over TLS by custom.
const HTTPS: [u16; 2] = [443, 8443];

/// Container ports that stay off a public load balancer unless the author insists, with what usually listens there.
const WITHHELD: [(u16, &str); 42] = [
    (389, "LDAP"),
    (445, "SMB"),
    (1433, "SQL Server"),
    (1521, "Oracle Database"),
    (2049, "NFS"),
    (2181, "ZooKeeper"),
    (2375, "the Docker API"),
    (2376, "the Docker API"),
    (2379, "etcd"),
    (2380, "etcd"),
    (3306, "MySQL"),
    (3389, "Remote Desktop"),
    (4222, "NATS"),
    (5005, "a Java debugger"),
    (5432, "PostgreSQL"),
    (5433, "PostgreSQL"),
    (5672, "RabbitMQ"),
    (5678, "a Python debugger"),
    (5900, "VNC"),
    (5984, "CouchDB"),
    (6379, "Redis"),
    (6380, "Redis"),
    (7000, "Cassandra"),
    (7687, "Neo4j"),
    (8086, "InfluxDB"),
    (8123, "ClickHouse"),
    (8500, "Consul"),
    (9042, "Cassandra"),
    (9092, "Kafka"),
    (9160, "Cassandra"),
    (9200, "Elasticsearch"),
    (9229, "a Node.js debugger"),
    (9230, "a Node.js debugger"),
    (9300, "Elasticsearch"),
    (11211, "Memcached"),
    (26257, "CockroachDB"),
    (27017, "MongoDB"),
    (27018, "MongoDB"),
    (27019, "MongoDB"),
    (28015, "RethinkDB"),
    (29092, "Kafka"),
    (33060, "MySQL"),
];

/// Whether HTTP is spoken on a container port by custom.
pub fn speaks_http(port: u16) -> bool {
    HTTP.contains(&port)
}

/// Whether HTTP over TLS is spoken on a container port by custom.
pub fn speaks_https(port: u16) -> bool {
    HTTPS.contains(&port)
}

/// What usually listens on a container port that has no business on the internet.
pub fn withheld(port: u16) -> Option<&'static str> {
    WITHHELD.iter().find(|(number, _)| *number == port).map(|(_, what)| *what)
}

/// Whether a container port is one that people know by its number.
pub fn is_known(port: u16) -> bool {
    speaks_http(port) || speaks_https(port) || withheld(port).is_some()
}
