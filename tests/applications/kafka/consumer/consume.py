import os

from confluent_kafka import Consumer

consumer = Consumer(
    {
        "bootstrap.servers": os.environ["BOOTSTRAP_SERVERS"],
        "group.id": os.environ["GROUP_ID"],
    }
)
consumer.subscribe([os.environ["TOPIC"]])
while True:
    message = consumer.poll(1.0)
    if message is not None and message.error() is None:
        print(message.value())
