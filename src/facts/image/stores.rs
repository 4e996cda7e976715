//! Data stores, caches and brokers.
//!
//! The official images start as root only to give their data folder away and step down then; with
//! any other user they skip that, so they run as anybody. bitnami's are made for `OpenShift`:
//! anybody in the root group, with configuration that is written at the start.

use super::known::{Check, Data, Known, Part, Seeded, User};

// The image refuses a data folder that isn't empty, and a fresh volume may hold `lost+found`:
// hence the folder below it.
const POSTGRES: Known = Known {
    title: "PostgreSQL",
    images: &[
        "postgres",
        "postgresql",
        "pgvector",
        "postgis",
        "timescaledb",
        "timescaledb-ha",
        "spilo",
        "pg_search",
        "paradedb",
    ],
    part: Part::Postgres,
    default: Some("postgres:16-alpine"),
    ports: &[("postgresql", 5432)],
    data: Some(Data::at("/var/lib/postgresql/data", "1Gi")),
    scratch: &[("/var/run/postgresql", "16Mi")],
    environment: &[("PGDATA", "/var/lib/postgresql/data/pgdata")],
    ..Known::PLAIN
};

const BITNAMI_POSTGRES: Known = Known {
    images: &[
        "bitnami/postgresql",
        "bitnamilegacy/postgresql",
        "postgresql-repmgr",
    ],
    default: None,
    data: Some(Data::at("/bitnami/postgresql", "1Gi")),
    user: User::InRootGroup,
    scratch: &[("/opt/bitnami/postgresql/tmp", "16Mi")],
    seeded: &[Seeded::always("/opt/bitnami/postgresql/conf", "16Mi")],
    environment: &[],
    ..POSTGRES
};

const REDIS: Known = Known {
    title: "Redis",
    images: &["redis", "redis-stack", "redis-stack-server"],
    part: Part::Redis,
    default: Some("redis:7-alpine"),
    ports: &[("redis", 6379)],
    data: Some(Data::at("/data", "1Gi")),
    ..Known::PLAIN
};

const MYSQL: Known = Known {
    title: "MySQL",
    images: &["mysql", "mysql-server", "percona", "percona-server"],
    part: Part::Store,
    default: Some("mysql:8.4"),
    ports: &[("mysql", 3306)],
    data: Some(Data::below("/var/lib/mysql", "1Gi", "mysql")),
    scratch: &[
        ("/var/run/mysqld", "16Mi"),
        ("/var/lib/mysql-files", "16Mi"),
    ],
    // It answers with 0 even where it lets nobody in; on the network, which it serves only once
    // the data base is made.
    alive: Check::Exec(&["mysqladmin", "ping", "-h", "127.0.0.1"]),
    ..Known::PLAIN
};

const KAFKA: Known = Known {
    title: "Kafka",
    images: &["apache/kafka", "kafka", "kafka-native"],
    part: Part::Store,
    ports: &[("kafka", 9092)],
    data: Some(Data::below("/var/lib/kafka/data", "1Gi", "data")),
    user: User::InRootGroup,
    // The start writes server.properties there.
    seeded: &[Seeded::always("/opt/kafka/config", "16Mi")],
    scratch: &[("/opt/kafka/logs", "256Mi")],
    ..Known::PLAIN
};

pub(super) const ROWS: &[Known] = &[
    POSTGRES,
    BITNAMI_POSTGRES,
    REDIS,
    Known {
        images: &["bitnami/redis", "bitnamilegacy/redis"],
        default: None,
        data: Some(Data::at("/bitnami/redis/data", "1Gi")),
        user: User::InRootGroup,
        scratch: &[("/opt/bitnami/redis/tmp", "16Mi")],
        seeded: &[Seeded::always("/opt/bitnami/redis/etc", "16Mi")],
        ..REDIS
    },
    Known {
        title: "Valkey",
        images: &["valkey", "valkey-bundle"],
        default: Some("valkey/valkey:8-alpine"),
        ..REDIS
    },
    MYSQL,
    Known {
        title: "MariaDB",
        images: &["mariadb", "mariadb-galera"],
        default: Some("mariadb:11.4"),
        scratch: &[("/run/mysqld", "16Mi")],
        // Since 11.0 its tools have their own names only.
        alive: Check::Exec(&["mariadb-admin", "ping", "-h", "127.0.0.1"]),
        ..MYSQL
    },
    Known {
        title: "MongoDB",
        images: &["mongo", "mongodb", "mongodb-community-server"],
        part: Part::Store,
        default: Some("mongo:8.0"),
        ports: &[("mongodb", 27017)],
        data: Some(Data::at("/data/db", "1Gi")),
        scratch: &[("/data/configdb", "64Mi")],
        // mongosh keeps its history and settings there.
        environment: &[("HOME", "/tmp")],
        ..Known::PLAIN
    },
    // Without a home in the volume its cookie would be lost, and with it the node's peers.
    Known {
        title: "RabbitMQ",
        images: &["rabbitmq"],
        part: Part::Store,
        default: Some("rabbitmq:4.3-alpine"),
        ports: &[("amqp", 5672), ("management", 15672)],
        data: Some(Data::at("/var/lib/rabbitmq", "1Gi")),
        scratch: &[("/var/log/rabbitmq", "64Mi")],
        ..Known::PLAIN
    },
    KAFKA,
    Known {
        images: &["cp-kafka", "cp-server"],
        seeded: &[Seeded::always("/etc/kafka", "16Mi")],
        scratch: &[("/var/log/kafka", "256Mi")],
        ..KAFKA
    },
    Known {
        images: &["bitnami/kafka", "bitnamilegacy/kafka"],
        data: Some(Data::at("/bitnami/kafka", "1Gi")),
        seeded: &[Seeded::always("/opt/bitnami/kafka/config", "16Mi")],
        scratch: &[("/opt/bitnami/kafka/logs", "256Mi")],
        ..KAFKA
    },
    Known {
        title: "Redpanda",
        images: &["redpanda"],
        data: Some(Data::at("/var/lib/redpanda/data", "1Gi")),
        user: User::Any,
        seeded: &[Seeded::always("/etc/redpanda", "16Mi")],
        scratch: &[],
        ..KAFKA
    },
    Known {
        title: "ZooKeeper",
        images: &["zookeeper"],
        part: Part::Store,
        default: Some("zookeeper:3.9"),
        ports: &[("zookeeper", 2181)],
        data: Some(Data::at("/data", "1Gi")),
        scratch: &[("/datalog", "256Mi"), ("/logs", "64Mi")],
        seeded: &[Seeded::always("/conf", "16Mi")],
        ..Known::PLAIN
    },
    Known {
        title: "ZooKeeper",
        images: &["cp-zookeeper"],
        part: Part::Store,
        ports: &[("zookeeper", 2181)],
        data: Some(Data::below("/var/lib/zookeeper/data", "1Gi", "data")),
        user: User::InRootGroup,
        scratch: &[
            ("/var/lib/zookeeper/log", "256Mi"),
            ("/var/log/kafka", "64Mi"),
        ],
        seeded: &[Seeded::always("/etc/kafka", "16Mi")],
        ..Known::PLAIN
    },
    // The keystore is made beside the settings, and replaced as a whole.
    Known {
        title: "Elasticsearch",
        images: &["elasticsearch"],
        part: Part::Store,
        ports: &[("http", 9200), ("transport", 9300)],
        data: Some(Data::at("/usr/share/elasticsearch/data", "1Gi")),
        user: User::InRootGroup,
        scratch: &[("/usr/share/elasticsearch/logs", "256Mi")],
        seeded: &[Seeded::always("/usr/share/elasticsearch/config", "16Mi")],
        ..Known::PLAIN
    },
    // Reasoned: its files belong to 1000:1000 and the security plugin's to nobody else.
    Known {
        title: "OpenSearch",
        images: &["opensearch"],
        part: Part::Store,
        ports: &[("http", 9200), ("transport", 9300)],
        data: Some(Data::at("/usr/share/opensearch/data", "1Gi")),
        user: User::Own {
            uid: 1000,
            gid: 1000,
            why: "its security plugin's files are readable by its own user alone",
        },
        scratch: &[("/usr/share/opensearch/logs", "256Mi")],
        seeded: &[Seeded::always("/usr/share/opensearch/config", "16Mi")],
        ..Known::PLAIN
    },
    Known {
        title: "MinIO",
        images: &["minio"],
        part: Part::Store,
        ports: &[("http", 9000), ("console", 9001)],
        data: Some(Data::at("/data", "1Gi")),
        // It makes a folder for certificates in its home.
        environment: &[("HOME", "/tmp")],
        alive: Check::Http("/minio/health/live", 9000),
        ready: Check::Http("/minio/health/ready", 9000),
        ..Known::PLAIN
    },
    Known {
        title: "ClickHouse",
        images: &["clickhouse-server", "clickhouse"],
        part: Part::Store,
        default: Some("clickhouse/clickhouse-server:26.3"),
        ports: &[("http", 8123), ("native", 9000)],
        data: Some(Data::at("/var/lib/clickhouse", "1Gi")),
        scratch: &[("/var/log/clickhouse-server", "256Mi")],
        // The start writes the default user's settings there.
        seeded: &[Seeded::always("/etc/clickhouse-server/users.d", "16Mi")],
        alive: Check::Http("/ping", 8123),
        ..Known::PLAIN
    },
    Known {
        title: "InfluxDB",
        images: &["influxdb"],
        part: Part::Store,
        default: Some("influxdb:2.7-alpine"),
        ports: &[("http", 8086)],
        data: Some(Data::at("/var/lib/influxdb2", "1Gi")),
        scratch: &[("/etc/influxdb2", "16Mi")],
        alive: Check::Http("/health", 8086),
        ..Known::PLAIN
    },
    Known {
        title: "Cassandra",
        images: &["cassandra"],
        part: Part::Store,
        default: Some("cassandra:5.0"),
        ports: &[("cql", 9042), ("gossip", 7000)],
        data: Some(Data::at("/var/lib/cassandra", "1Gi")),
        scratch: &[("/var/log/cassandra", "256Mi")],
        // The start edits cassandra.yaml there.
        seeded: &[Seeded::always("/etc/cassandra", "16Mi")],
        ..Known::PLAIN
    },
    // Reasoned: a static program in an image without a shell; it writes where it is told to.
    Known {
        title: "etcd",
        images: &["etcd"],
        part: Part::Store,
        ports: &[("client", 2379), ("peer", 2380)],
        data: Some(Data::at("/etcd-data", "1Gi")),
        ready: Check::Http("/health", 2379),
        ..Known::PLAIN
    },
    Known {
        title: "Consul",
        images: &["consul"],
        part: Part::Store,
        default: Some("hashicorp/consul:1.22"),
        ports: &[("http", 8500), ("dns", 8600)],
        data: Some(Data::at("/consul/data", "1Gi")),
        scratch: &[("/consul/config", "16Mi")],
        ready: Check::Http("/v1/status/leader", 8500),
        ..Known::PLAIN
    },
    // Its start would give its program a capability and its folders away, neither of which a pod
    // without capabilities may.
    Known {
        title: "Vault",
        images: &["vault"],
        part: Part::Store,
        default: Some("hashicorp/vault:2.1"),
        ports: &[("http", 8200)],
        data: Some(Data::at("/vault/file", "1Gi")),
        scratch: &[("/vault/logs", "64Mi"), ("/vault/config", "16Mi")],
        environment: &[
            ("SKIP_SETCAP", "true"),
            ("SKIP_CHOWN", "true"),
            ("HOME", "/tmp"),
        ],
        ..Known::PLAIN
    },
    Known {
        title: "Mosquitto",
        images: &["eclipse-mosquitto", "mosquitto"],
        part: Part::Store,
        default: Some("eclipse-mosquitto:2.0"),
        ports: &[("mqtt", 1883)],
        data: Some(Data::at("/mosquitto/data", "1Gi")),
        scratch: &[("/mosquitto/log", "64Mi")],
        ..Known::PLAIN
    },
    Known {
        title: "Meilisearch",
        images: &["meilisearch"],
        part: Part::Store,
        ports: &[("http", 7700)],
        data: Some(Data::at("/meili_data", "1Gi")),
        alive: Check::Http("/health", 7700),
        ..Known::PLAIN
    },
    Known {
        title: "Qdrant",
        images: &["qdrant"],
        part: Part::Store,
        ports: &[("http", 6333), ("grpc", 6334)],
        data: Some(Data::at("/qdrant/storage", "1Gi")),
        scratch: &[("/qdrant/snapshots", "256Mi")],
        alive: Check::Http("/livez", 6333),
        ready: Check::Http("/readyz", 6333),
        ..Known::PLAIN
    },
];
