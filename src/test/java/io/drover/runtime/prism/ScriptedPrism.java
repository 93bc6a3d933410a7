package io.drover.runtime.prism;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A server that answers as a test wrote it down: each call takes the next answer of its line, and
 * the last one again and again. Remembers what it was asked.
 */
final class ScriptedPrism implements AutoCloseable {
  static {
    // Otherwise each answer waits 40 ms for the acknowledgement of its head.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final HttpServer server;
  private final UUID id = UUID.randomUUID();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, Deque<Function<Seen, Answer>>> script = new LinkedHashMap<>();
  private final List<Seen> seen = new CopyOnWriteArrayList<>();

  /** A call as it came; {@code path} undecoded, {@code query} decoded. */
  record Seen(
      String method,
      String path,
      String rawQuery,
      Map<String, String> headers,
      String body,
      long nanos) {

    String line() {
      return method + " " + path;
    }

    String query() {
      return URLDecoder.decode(rawQuery, StandardCharsets.UTF_8);
    }

    @Nullable String header(String name) {
      return headers.get(name.toLowerCase(java.util.Locale.ROOT));
    }
  }

  /** What is answered; a negative status closes the connection instead. */
  record Answer(int status, Map<String, String> headers, byte[] body, long announced) {
    static Answer of(int status, String body) {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      return new Answer(status, Map.of(), bytes, bytes.length);
    }

    static Answer data(String json) {
      return of(200, "{\"data\":" + json + "}");
    }

    static Answer page(int total, String... rows) {
      return of(
          200,
          "{\"data\":["
              + String.join(",", rows)
              + "],\"metadata\":{\"totalAvailableResults\":"
              + total
              + "}}");
    }

    /** An empty list as Prism tells it: without data. */
    static Answer none() {
      return of(200, "{\"metadata\":{\"totalAvailableResults\":0}}");
    }

    static Answer task(String id) {
      return of(
          202,
          "{\"data\":{\"$objectType\":\"prism.v4.config.TaskReference\",\"extId\":\""
              + id
              + "\"}}");
    }

    static Answer problem(int status, String code, String group, String message) {
      return of(
          status,
          "{\"data\":{\"error\":[{\"$objectType\":\"vmm.v4.error.AppMessage\",\"code\":\""
              + code
              + "\",\"errorGroup\":\""
              + group
              + "\",\"message\":\""
              + message
              + "\"}]}}");
    }

    /** The call was read to its end and the connection closes without an answer. */
    static Answer lost() {
      return new Answer(-1, Map.of(), new byte[0], 0);
    }

    /** Breaks off in the middle of the body. */
    static Answer half(String body) {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      return new Answer(200, Map.of(), bytes, bytes.length + 1_000L);
    }

    /** A body that never ends by itself. */
    static Answer endless() {
      return new Answer(200, Map.of(), new byte[0], 0);
    }

    Answer with(String header, String value) {
      Map<String, String> more = new LinkedHashMap<>(headers);
      more.put(header, value);
      return new Answer(status, more, body, announced);
    }
  }

  ScriptedPrism() {
    this(null);
  }

  /**
   * @param tls null for plain HTTP
   */
  ScriptedPrism(@Nullable SSLContext tls) {
    try {
      InetSocketAddress here = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      if (tls == null) {
        server = HttpServer.create(here, 0);
      } else {
        HttpsServer secure = HttpsServer.create(here, 0);
        secure.setHttpsConfigurator(new HttpsConfigurator(tls));
        server = secure;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** Writes answers down for calls of this line, e.g. {@code GET /api/vmm/v4.0/ahv/config/vms}. */
  synchronized ScriptedPrism on(String line, Answer... answers) {
    Deque<Function<Seen, Answer>> queue = script.computeIfAbsent(line, l -> new ArrayDeque<>());
    Arrays.stream(answers).forEach(answer -> queue.add(call -> answer));
    return this;
  }

  /** Answers calls of this line by what they ask. */
  synchronized ScriptedPrism on(String line, Function<Seen, Answer> answer) {
    script.computeIfAbsent(line, l -> new ArrayDeque<>()).add(answer);
    return this;
  }

  List<Seen> seen() {
    return List.copyOf(seen);
  }

  List<Seen> seen(String line) {
    return seen.stream().filter(call -> call.line().equals(line)).toList();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      Map<String, String> headers = new LinkedHashMap<>();
      exchange
          .getRequestHeaders()
          .forEach(
              (name, values) ->
                  headers.put(name.toLowerCase(java.util.Locale.ROOT), String.join(",", values)));
      String query = exchange.getRequestURI().getRawQuery();
      Seen call =
          new Seen(
              exchange.getRequestMethod(),
              exchange.getRequestURI().getRawPath(),
              query == null ? "" : query,
              headers,
              body,
              System.nanoTime());
      answer(exchange, next(call).apply(call));
    }
  }

  private synchronized Function<Seen, Answer> next(Seen call) {
    if (call.path().endsWith("/config/domain-managers") && !script.containsKey(call.line())) {
      return any -> Answer.data("[{\"extId\":\"" + id + "\"}]"); // asked once, by the door itself
    }
    seen.add(call);
    Deque<Function<Seen, Answer>> queue = script.get(call.line());
    if (queue == null || queue.isEmpty()) {
      return any -> Answer.of(418, "{\"message\":\"not in the script: " + call.line() + "\"}");
    }
    Function<Seen, Answer> first = queue.getFirst();
    if (queue.size() > 1) {
      queue.removeFirst();
    }
    return first;
  }

  private static void answer(HttpExchange exchange, Answer answer) throws IOException {
    if (answer.status() < 0) {
      return; // closing the exchange closes the connection
    }
    answer.headers().forEach((name, value) -> exchange.getResponseHeaders().add(name, value));
    boolean endless = answer.announced() == 0 && answer.status() == 200;
    boolean empty = answer.announced() == 0;
    exchange.sendResponseHeaders(answer.status(), endless ? 0 : empty ? -1 : answer.announced());
    if (endless) {
      byte[] block = new byte[64 * 1024];
      Arrays.fill(block, (byte) ' ');
      OutputStream out = exchange.getResponseBody();
      while (!Thread.currentThread().isInterrupted()) {
        out.write(block); // until the other side has had enough
      }
    } else if (!empty) {
      exchange.getResponseBody().write(answer.body());
      exchange.getResponseBody().flush();
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
