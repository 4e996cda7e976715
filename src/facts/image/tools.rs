//! What people look at data and queues with.

use super::known::{Check, Data, Known, Seeded};

pub(super) const ROWS: &[Known] = &[
    Known {
        title: "Adminer",
        images: &["adminer"],
        tag: Some(("adminer", "5")),
        ports: &[("http", 8080)],
        ..Known::PLAIN
    },
    // Reasoned: its start writes a module beside the program's own. Its Python has a file
    // capability for port 80.
    Known {
        title: "pgAdmin",
        images: &["pgadmin4"],
        tag: Some(("dpage/pgadmin4", "9")),
        ports: &[("http", 80)],
        data: Some(Data::at("/var/lib/pgadmin", "256Mi")),
        seeded: &[Seeded::always("/pgadmin4", "1Gi")],
        // Its mail relay needs root.
        environment: &[("PGADMIN_DISABLE_POSTFIX", "true")],
        alive: Check::Http("/misc/ping", 80),
        file_capability: true,
        ..Known::PLAIN
    },
    Known {
        title: "Mongo Express",
        images: &["mongo-express"],
        tag: Some(("mongo-express", "1.0.2")),
        ports: &[("http", 8081)],
        ..Known::PLAIN
    },
    Known {
        title: "Redis Commander",
        images: &["redis-commander"],
        ports: &[("http", 8081)],
        // The start writes its connections there.
        seeded: &[Seeded::always("/redis-commander/config", "16Mi")],
        ..Known::PLAIN
    },
    Known {
        title: "Flower",
        images: &["flower"],
        tag: Some(("mher/flower", "2.0")),
        ports: &[("http", 5555)],
        data: Some(Data::at("/data", "64Mi")),
        ..Known::PLAIN
    },
    Known {
        title: "Kafka UI",
        images: &["kafka-ui"],
        tag: Some(("provectuslabs/kafka-ui", "v0.7.2")),
        ports: &[("http", 8080)],
        alive: Check::Http("/actuator/health", 8080),
        ..Known::PLAIN
    },
];
