// Network namespaces for tests: made by the test, with addresses of 198.18.0.0/15 and 2001:2::/48, gone with the
// object.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <functional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace podwire::test {

struct CommandResult {
  int status = -1;     // exit status
  std::string output;  // stdout and stderr
};

// Runs a command given as words separated by spaces, without a shell.
inline CommandResult try_command(const std::string& command) {
  std::vector<std::string> words;
  std::istringstream stream(command);
  for (std::string word; stream >> word;) words.push_back(word);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);

  std::array<int, 2> output{};
  if (::pipe2(output.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output[1], STDERR_FILENO);
  pid_t child = -1;
  const int error = posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(output[1]);
  CommandResult result;
  if (error == 0) {
    std::array<char, 4096> buffer{};
    for (ssize_t size = 0; (size = ::read(output[0], buffer.data(), buffer.size())) > 0;) {
      result.output.append(buffer.data(), static_cast<std::size_t>(size));
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  ::close(output[0]);
  return result;
}

// The output; throws when the command fails.
inline std::string command(const std::string& text) {
  const CommandResult result = try_command(text);
  if (result.status != 0) throw std::runtime_error(text + ": " + result.output);
  return result.output;
}

class NetworkNamespace {
 public:
  NetworkNamespace() {
    static std::atomic<int> next{0};
    static const bool swept = sweep();
    static_cast<void>(swept);
    name_ = "pwt-" + std::to_string(::getpid()) + "-" + std::to_string(next++);
    command("ip netns add " + name_);
    ip("link set lo up");
  }
  ~NetworkNamespace() { try_command("ip netns del " + name_); }
  NetworkNamespace(const NetworkNamespace&) = delete;
  NetworkNamespace& operator=(const NetworkNamespace&) = delete;

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::string path() const { return "/run/netns/" + name_; }
  std::string ip(const std::string& words) const { return command("ip -n " + name_ + " " + words); }
  std::string tc(const std::string& words) const { return command("tc -n " + name_ + " " + words); }

  // Removes what killed test programs left: the process of the name is gone.
  static bool sweep() {
    try_command(
        "for path in /run/netns/pwt-*; do name=${path##*/}; pid=${name#pwt-}; pid=${pid%-*}; "
        "[ -e \"$path\" ] && [ ! -e /proc/$pid ] && ip netns del $name; done");
    return true;
  }

  // Runs on a thread inside the namespace. A socket made there stays there.
  void inside(const std::function<void()>& run) const {
    std::exception_ptr failure;
    std::thread thread([&] {
      try {
        const int fd = ::open(path().c_str(), O_RDONLY | O_CLOEXEC);
        if (fd < 0 || ::setns(fd, CLONE_NEWNET) != 0) throw std::runtime_error("setns " + path());
        ::close(fd);
        run();
      } catch (...) {
        failure = std::current_exception();
      }
    });
    thread.join();
    if (failure) std::rethrow_exception(failure);
  }

  [[nodiscard]] int socket(int domain, int type, int protocol = 0) const {
    int fd = -1;
    inside([&] { fd = ::socket(domain, type | SOCK_CLOEXEC, protocol); });
    if (fd < 0) throw std::runtime_error(std::string("socket: ") + std::strerror(errno));
    return fd;
  }

 private:
  std::string name_;
};

// Two namespaces, "client" 198.18.0.1 and 2001:2::1, "server" 198.18.0.2 and 2001:2::2, joined by their eth0.
struct NamespacePair {
  NetworkNamespace client;
  NetworkNamespace server;

  NamespacePair() {
    client.ip("link add eth0 type veth peer name eth0 netns " + server.name());
    bring_up(client, "198.18.0.1/24", "2001:2::1/64");
    bring_up(server, "198.18.0.2/24", "2001:2::2/64");
  }

 private:
  static void bring_up(const NetworkNamespace& ns, const std::string& ipv4, const std::string& ipv6) {
    ns.ip("addr add " + ipv4 + " dev eth0");
    ns.ip("addr add " + ipv6 + " dev eth0 nodad");
    ns.ip("link set eth0 up");
  }
};

// Two connected TCP sockets.
class TcpConnection {
 public:
  // Called with the client's socket before it connects.
  using Prepare = std::function<void(int)>;

  TcpConnection(const NetworkNamespace& client, const NetworkNamespace& server, const std::string& server_address,
                std::uint16_t port, const Prepare& prepare = {}) {
    sockaddr_storage address{};
    const socklen_t size = parse(server_address, port, address);
    listener_ = server.socket(address.ss_family, SOCK_STREAM);
    const int on = 1;
    ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    check(::bind(listener_, reinterpret_cast<const sockaddr*>(&address), size), "bind");
    check(::listen(listener_, 1), "listen");
    client_ = client.socket(address.ss_family, SOCK_STREAM);
    if (prepare) prepare(client_);
    check(::connect(client_, reinterpret_cast<const sockaddr*>(&address), size), "connect");
    server_ = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    check(server_, "accept");
    ::setsockopt(client_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  }
  ~TcpConnection() {
    close_client();
    if (server_ >= 0) ::close(server_);
    if (listener_ >= 0) ::close(listener_);
  }
  TcpConnection(const TcpConnection&) = delete;
  TcpConnection& operator=(const TcpConnection&) = delete;

  [[nodiscard]] int client() const { return client_; }
  [[nodiscard]] int server() const { return server_; }
  [[nodiscard]] std::uint16_t client_port() const {
    sockaddr_storage address{};
    socklen_t size = sizeof(address);
    ::getsockname(client_, reinterpret_cast<sockaddr*>(&address), &size);
    // The port is at the same place in sockaddr_in and sockaddr_in6.
    return ntohs(reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
  }
  void close_client() {
    if (client_ >= 0) ::close(client_);
    client_ = -1;
  }
  // Sends all of it, while another thread receives all of it, and returns what was received.
  static std::string transfer(int from, int to, const std::string& data) {
    std::string received;
    std::thread receiver([&] {
      std::vector<char> buffer(1 << 20);
      while (received.size() < data.size()) {
        const ssize_t size = ::recv(to, buffer.data(), buffer.size(), 0);
        if (size <= 0) return;
        received.append(buffer.data(), static_cast<std::size_t>(size));
      }
    });
    for (std::size_t sent = 0; sent < data.size();) {
      const ssize_t size = ::send(from, data.data() + sent, data.size() - sent, MSG_NOSIGNAL);
      if (size <= 0) break;
      sent += static_cast<std::size_t>(size);
    }
    receiver.join();
    return received;
  }

 private:
  static void check(int result, const char* what) {
    if (result < 0) throw std::runtime_error(std::string(what) + ": " + std::strerror(errno));
  }
  static socklen_t parse(const std::string& text, std::uint16_t port, sockaddr_storage& address) {
    auto* ipv4 = reinterpret_cast<sockaddr_in*>(&address);
    if (::inet_pton(AF_INET, text.c_str(), &ipv4->sin_addr) == 1) {
      ipv4->sin_family = AF_INET;
      ipv4->sin_port = htons(port);
      return sizeof(*ipv4);
    }
    auto* ipv6 = reinterpret_cast<sockaddr_in6*>(&address);
    if (::inet_pton(AF_INET6, text.c_str(), &ipv6->sin6_addr) != 1) throw std::runtime_error("bad address " + text);
    ipv6->sin6_family = AF_INET6;
    ipv6->sin6_port = htons(port);
    return sizeof(*ipv6);
  }

  int listener_ = -1;
  int client_ = -1;
  int server_ = -1;
};

}  // namespace podwire::test
