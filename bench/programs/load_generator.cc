// Asks an HTTP/1.1 server at a fixed rate over keep-alive connections, a sequence number in each path:
//   load_generator ADDRESS PORT CONNECTIONS RATE REQUESTS FIRST [LOG]
// RATE: requests a second; each has its time, and waits for a free connection when all are busy (an open loop): latency
// counts from when it was due, so a server that stalls is not spared. 0: one request on each connection, as soon as it
// is open. FIRST: the first sequence number. LOG: a file of `NUMBER MONOTONIC-NANOSECONDS` lines, one for each whole
// response. Prints one line at the end and then holds its connections until its stdin ends:
//   requests=N micros=N p50=MICROS p99=MICROS max=MICROS
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::size_t kReadBytes = std::size_t{256} << 10U;
constexpr int kEventsAtOnce = 256;
constexpr std::uint64_t kSecondNs = 1'000'000'000;
// All responses must have come this long after the last request was due.
constexpr std::uint64_t kPatienceNs = 60 * kSecondNs;
constexpr rlim_t kMaxFiles = 65'536;

struct Order {
  sockaddr_in server{};
  std::string authority;
  std::uint64_t connections = 0;
  std::uint64_t rate = 0;
  std::uint64_t requests = 0;
  std::uint64_t first = 0;
  const char* log = nullptr;
};

[[noreturn]] void fail(const std::string& sentence) {
  std::fprintf(stderr, "load_generator: %s\n", sentence.c_str());
  std::exit(1);
}

std::uint64_t monotime_ns() {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
          .count());
}

// One connection: at most one request is under way on it.
struct Connection {
  int socket = -1;
  bool busy = false;
  std::uint64_t number = 0;
  std::uint64_t due_ns = 0;
  // Of the response: its head until that is whole, then how much of the body is to come.
  std::string head;
  bool in_body = false;
  std::uint64_t body_left = 0;
};

// The value of Content-Length in a head; servers of the bench always send it, with this spelling or in lower case.
std::uint64_t content_length(std::string_view head) {
  for (const std::string_view name : {"\r\nContent-Length: ", "\r\ncontent-length: "}) {
    const std::size_t at = head.find(name);
    if (at == std::string_view::npos) continue;
    std::uint64_t length = 0;
    const char* const begin = head.data() + at + name.size();
    if (std::from_chars(begin, head.data() + head.size(), length).ec == std::errc()) return length;
  }
  fail("a response has no Content-Length: " + std::string(head.substr(0, 200)));
}

// Takes bytes of a response; true when it is whole with the last of them.
bool take(Connection& connection, std::string_view bytes) {
  if (!connection.in_body) {
    const std::size_t before = connection.head.size();
    connection.head.append(bytes);
    const std::size_t end = connection.head.find("\r\n\r\n", before < 3 ? 0 : before - 3);
    if (end == std::string::npos) return false;
    connection.body_left = content_length(std::string_view(connection.head).substr(0, end + 2));
    connection.in_body = true;
    bytes = std::string_view(connection.head).substr(end + 4);
  }
  if (bytes.size() > connection.body_left) fail("more came than the response's Content-Length");
  connection.body_left -= bytes.size();
  if (connection.body_left > 0) return false;
  connection.in_body = false;
  connection.head.clear();
  return true;
}

class Generator {
 public:
  explicit Generator(const Order& order) : order_(order), connections_(order.connections), buffer_(kReadBytes, '\0') {
    poll_ = epoll_create1(EPOLL_CLOEXEC);
    if (poll_ < 0) fail("epoll cannot be had");
    if (order.log != nullptr) log_ = std::fopen(order.log, "we");
    if (order.log != nullptr && log_ == nullptr) fail(std::string("cannot write ") + order.log);
    latencies_ns_.reserve(order.requests);
  }
  ~Generator() {
    for (const Connection& connection : connections_) close(connection.socket);
    if (log_ != nullptr) std::fclose(log_);
    close(poll_);
  }
  Generator(const Generator&) = delete;
  Generator& operator=(const Generator&) = delete;

  void run() {
    const std::uint64_t first_ns = monotime_ns();
    if (order_.rate == 0) {
      ask_once_on_each();
    } else {
      for (std::size_t i = 0; i < connections_.size(); ++i) open(i);
      ask_at_rate();
    }
    tell(monotime_ns() - first_ns);
  }

 private:
  void open(std::size_t index) {
    Connection& connection = connections_[index];
    connection.socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection.socket < 0) fail(std::string("no socket: ") + std::strerror(errno));
    if (connect(connection.socket, reinterpret_cast<const sockaddr*>(&order_.server), sizeof order_.server) != 0) {
      fail(std::string("the server does not answer: ") + std::strerror(errno));
    }
    const int on = 1;
    setsockopt(connection.socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = index;
    epoll_ctl(poll_, EPOLL_CTL_ADD, connection.socket, &event);
    free_.push_back(index);
  }

  void ask_once_on_each() {
    for (std::size_t i = 0; i < connections_.size(); ++i) {
      open(i);
      ask(monotime_ns());
      while (free_.empty()) wait(kPatienceNs);
    }
  }

  void ask_at_rate() {
    const std::uint64_t begin_ns = monotime_ns();
    const auto due_of = [&](std::uint64_t request) { return begin_ns + request * kSecondNs / order_.rate; };
    const std::uint64_t deadline_ns = due_of(order_.requests) + kPatienceNs;
    while (answered_ < order_.requests) {
      const std::uint64_t now_ns = monotime_ns();
      if (now_ns > deadline_ns) fail("the server stopped answering");
      while (asked_ < order_.requests && !free_.empty() && due_of(asked_) <= now_ns) ask(due_of(asked_));
      const bool timed = asked_ < order_.requests && !free_.empty();
      const std::uint64_t next_ns = timed ? due_of(asked_) : deadline_ns;
      wait(next_ns > now_ns ? next_ns - now_ns : 0);
    }
  }

  // Sends the next request on a free connection; due_ns: from when its latency counts.
  void ask(std::uint64_t due_ns) {
    Connection& connection = connections_[free_.back()];
    free_.pop_back();
    connection.busy = true;
    connection.due_ns = due_ns;
    connection.number = order_.first + asked_++;
    char request[256];
    const int size = std::snprintf(request, sizeof request, "GET /file?n=%llu HTTP/1.1\r\nHost: %s\r\n\r\n",
                                   static_cast<unsigned long long>(connection.number), order_.authority.c_str());
    if (write(connection.socket, request, static_cast<std::size_t>(size)) != size) fail("a request could not be sent");
  }

  void wait(std::uint64_t timeout_ns) {
    epoll_event events[kEventsAtOnce];
    const timespec timeout{static_cast<time_t>(timeout_ns / kSecondNs), static_cast<long>(timeout_ns % kSecondNs)};
    const int count = epoll_pwait2(poll_, events, kEventsAtOnce, &timeout, nullptr);
    for (int i = 0; i < count; ++i) read_some(static_cast<std::size_t>(events[i].data.u64));
  }

  void read_some(std::size_t index) {
    Connection& connection = connections_[index];
    const ssize_t size = recv(connection.socket, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (size <= 0 || !connection.busy) fail("the server ended a connection");
    if (!take(connection, std::string_view(buffer_.data(), static_cast<std::size_t>(size)))) return;
    const std::uint64_t now_ns = monotime_ns();
    latencies_ns_.push_back(now_ns - connection.due_ns);
    if (log_ != nullptr) {
      std::fprintf(log_, "%llu %llu\n", static_cast<unsigned long long>(connection.number),
                   static_cast<unsigned long long>(now_ns));
    }
    ++answered_;
    connection.busy = false;
    free_.push_back(index);
  }

  void tell(std::uint64_t took_ns) {
    if (log_ != nullptr) std::fflush(log_);
    std::sort(latencies_ns_.begin(), latencies_ns_.end());
    const auto at = [&](double part) {
      const auto index = static_cast<std::size_t>(part * static_cast<double>(latencies_ns_.size() - 1));
      return static_cast<double>(latencies_ns_[index]) / 1e3;
    };
    std::printf("requests=%llu micros=%llu p50=%.1f p99=%.1f max=%.1f\n", static_cast<unsigned long long>(answered_),
                static_cast<unsigned long long>(took_ns / 1'000), at(0.5), at(0.99), at(1.0));
    std::fflush(stdout);
  }

  const Order order_;
  std::vector<Connection> connections_;
  std::vector<std::size_t> free_;
  std::vector<std::uint64_t> latencies_ns_;
  std::string buffer_;
  std::uint64_t asked_ = 0;
  std::uint64_t answered_ = 0;
  int poll_ = -1;
  std::FILE* log_ = nullptr;
};

std::uint64_t number(std::string_view word, const char* what) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc() || end != word.data() + word.size()) {
    fail("expected a number for " + std::string(what) + ", got " + std::string(word));
  }
  return value;
}

Order order_of(int count, char** words) {
  if (count != 7 && count != 8) fail("expected ADDRESS PORT CONNECTIONS RATE REQUESTS FIRST [LOG]");
  Order order;
  order.server.sin_family = AF_INET;
  if (inet_pton(AF_INET, words[1], &order.server.sin_addr) != 1) fail("expected an IPv4 address");
  order.server.sin_port = htons(static_cast<std::uint16_t>(number(words[2], "PORT")));
  order.authority = std::string(words[1]) + ":" + words[2];
  order.connections = number(words[3], "CONNECTIONS");
  order.rate = number(words[4], "RATE");
  order.requests = order.rate == 0 ? order.connections : number(words[5], "REQUESTS");
  order.first = number(words[6], "FIRST");
  order.log = count == 8 ? words[7] : nullptr;
  if (order.connections == 0 || order.requests == 0) fail("expected at least one connection and one request");
  return order;
}

}  // namespace

int main(int count, char** words) {
  const Order order = order_of(count, words);
  // Wake-ups at their time, not up to 50 µs later; and a file descriptor for each connection.
  prctl(PR_SET_TIMERSLACK, 1UL);
  const rlimit files{kMaxFiles, kMaxFiles};
  setrlimit(RLIMIT_NOFILE, &files);
  Generator generator(order);
  generator.run();
  char byte = 0;
  while (read(STDIN_FILENO, &byte, 1) > 0) {
  }
  return 0;
}
