// Solves one .dyi problem (see instances.py) with LEMON and prints one JSON line.
//   lemon FILE.dyi network-simplex|cost-scaling
// The network: coachee (supply 1) -> coach, at most 1 at the pair's cost; coach -> sink, within the coach's bounds.
#include <lemon/config.h>
#include <lemon/cost_scaling.h>
#include <lemon/network_simplex.h>
#include <lemon/smart_graph.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

using Graph = lemon::SmartDigraph;

static double seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

static double peak_mb() {
  double kb = 0;
  char line[256];
  FILE *f = std::fopen("/proc/self/status", "r");
  while (f && std::fgets(line, sizeof line, f)) std::sscanf(line, "VmHWM: %lf", &kb);
  if (f) std::fclose(f);
  return kb / 1024;
}

template <class T>
static std::vector<T> take(FILE *f, size_t count) {
  std::vector<T> v(count);
  if (count && std::fread(v.data(), sizeof(T), count, f) != count) {
    std::fprintf(stderr, "the file ends early\n");
    std::exit(2);
  }
  return v;
}

struct Problem {
  std::vector<uint32_t> least, most, coach;
  std::vector<uint64_t> start;
  std::vector<int64_t> cost;

  explicit Problem(const char *path) {
    FILE *f = std::fopen(path, "rb");
    if (!f) {
      std::perror(path);
      std::exit(2);
    }
    auto magic = take<char>(f, 4);
    if (std::memcmp(magic.data(), "DYI1", 4) != 0) {
      std::fprintf(stderr, "%s: not a .dyi file\n", path);
      std::exit(2);
    }
    auto size = take<uint32_t>(f, 2);
    uint64_t pairs = take<uint64_t>(f, 1)[0];
    least = take<uint32_t>(f, size[0]);
    most = take<uint32_t>(f, size[0]);
    start = take<uint64_t>(f, size_t(size[1]) + 1);
    coach = take<uint32_t>(f, pairs);
    cost = take<int64_t>(f, pairs);
    std::fclose(f);
  }
  size_t coaches() const { return most.size(); }
  size_t coachees() const { return start.size() - 1; }
};

struct Network {
  Graph g;
  Graph::ArcMap<int> lower{g}, upper{g};
  Graph::ArcMap<int64_t> cost{g};
  Graph::NodeMap<int> supply{g};
  std::vector<Graph::Arc> pair;

  explicit Network(const Problem &p) {
    size_t n = p.coachees(), c = p.coaches();
    g.reserveNode(int(n + c + 1));
    g.reserveArc(int(p.coach.size() + c));
    std::vector<Graph::Node> node(n + c + 1);
    for (auto &v : node) v = g.addNode();
    pair.reserve(p.coach.size());
    for (size_t e = 0; e < n; ++e) {
      supply[node[e]] = 1;
      for (uint64_t k = p.start[e]; k < p.start[e + 1]; ++k)
        pair.push_back(arc(node[e], node[n + p.coach[k]], 0, 1, p.cost[k]));
    }
    for (size_t i = 0; i < c; ++i) arc(node[n + i], node[n + c], int(p.least[i]), int(p.most[i]), 0);
    supply[node[n + c]] = -int(n);
  }
  Graph::Arc arc(Graph::Node a, Graph::Node b, int low, int high, int64_t unit) {
    Graph::Arc x = g.addArc(a, b);
    lower[x] = low;
    upper[x] = high;
    cost[x] = unit;
    return x;
  }
};

// Whether the flow gives everybody one coach and keeps the loads; sums the cost of its pairs.
template <class Method>
static bool sound(const Method &method, const Network &net, const Problem &p, int64_t &objective) {
  std::vector<uint32_t> load(p.coaches(), 0);
  objective = 0;
  for (size_t e = 0; e < p.coachees(); ++e) {
    int got = 0;
    for (uint64_t k = p.start[e]; k < p.start[e + 1]; ++k) {
      int x = method.flow(net.pair[k]);
      got += x;
      load[p.coach[k]] += uint32_t(x);
      objective += x * p.cost[k];
    }
    if (got != 1) return false;
  }
  for (size_t i = 0; i < p.coaches(); ++i)
    if (load[i] < p.least[i] || load[i] > p.most[i]) return false;
  return true;
}

template <class Method>
static int run(const Problem &p, double base) {
  Network net(p);
  Method method(net.g);
  method.lowerMap(net.lower).upperMap(net.upper).costMap(net.cost).supplyMap(net.supply);
  double began = seconds();
  bool optimal = method.run() == Method::OPTIMAL;
  double took = seconds() - began;
  int64_t objective = 0;
  if (!optimal || !sound(method, net, p, objective)) {
    std::fprintf(stderr, "no sound optimum\n");
    return 1;
  }
  std::printf("{\"solve_s\": %.6f, \"objective\": %lld, \"peak_mb\": %.1f, \"base_mb\": %.1f, \"version\": \"%s\"}\n", took,
              static_cast<long long>(objective), peak_mb(), base, LEMON_VERSION);
  return 0;
}

int main(int count, char **words) {
  if (count != 3) {
    std::fprintf(stderr, "usage: lemon FILE.dyi network-simplex|cost-scaling\n");
    return 2;
  }
  Problem p(words[1]);
  double base = peak_mb();
  std::string method = words[2];
  if (method == "network-simplex") return run<lemon::NetworkSimplex<Graph, int, int64_t>>(p, base);
  if (method == "cost-scaling") return run<lemon::CostScaling<Graph, int, int64_t>>(p, base);
  std::fprintf(stderr, "unknown method %s\n", words[2]);
  return 2;
}
