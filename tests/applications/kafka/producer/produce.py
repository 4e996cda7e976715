import json
import os
import time

from confluent_kafka import Producer

producer = Producer({"bootstrap.servers": os.environ["BOOTSTRAP_SERVERS"]})
topic = os.getenv("TOPIC", "readings")
while True:
    producer.produce(topic, json.dumps({"at": time.time(), "value": 21.5}))
    producer.poll(0)
    time.sleep(float(os.getenv("PERIOD", "1")))
