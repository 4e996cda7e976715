import http from "k6/http";

export default function () {
  http.get("http://api:3000/healthz");
}
