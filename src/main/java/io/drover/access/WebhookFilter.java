package io.drover.access;

import io.drover.execution.Executions;
import io.drover.execution.LedgerClock;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Lets signed calls to webhooks in. A signature starts something once: it is the idempotency key of
 * what it starts, so calls at the same time find the same execution, after a restart and in other
 * processes too, and a call whose answer was lost starts nothing twice.
 */
final class WebhookFilter extends OncePerRequestFilter {
  static final String PATH = "/triggers/webhooks/";
  private static final String KEY = "Idempotency-Key";
  private static final int MOST = 1 << 20;

  private final WebhookProperties properties;
  private final Executions executions;
  private final LedgerClock clock;

  WebhookFilter(WebhookProperties properties, Executions executions, LedgerClock clock) {
    this.properties = properties;
    this.executions = executions;
    this.clock = clock;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return !request.getRequestURI().startsWith(PATH);
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String name = request.getRequestURI().substring(PATH.length());
    byte[] body = body(request);
    if (body == null) {
      response.setHeader("Connection", "close");
      ProblemAnswer.write(response, 413, "Body too large", "A body may have 1 MiB at most");
      return;
    }
    WebhookProperties.Sender sender = properties.senders().get(name);
    String signature = request.getHeader(WebhookSignature.SIGNATURE);
    boolean good =
        sender != null
            && WebhookSignature.good(
                sender.read(),
                request.getHeader(WebhookSignature.TIME),
                signature,
                body,
                clock.now(),
                sender.window());
    if (!good || signature == null) {
      // Which part was wrong helps only whoever guesses.
      ProblemAnswer.write(
          response, 401, "Not signed", "The signature of this call is not good, or not any more");
      return;
    }
    Caller caller = new Caller("webhook:" + name, Set.of(Role.OPERATOR), Set.of(), "");
    String key = signature.substring(signature.indexOf('=') + 1);
    String before = executions.startedBy(caller.name(), key).orElse(null);
    if (before != null) {
      ProblemAnswer.write(
          response, 409, "Taken before", "This call was taken before; it started " + before);
      return;
    }
    request.setAttribute(CallerFilter.ATTRIBUTE, caller);
    chain.doFilter(new Taken(request, body, key), response);
  }

  /** Null when there is more than may be. */
  private static byte @Nullable [] body(HttpServletRequest request) throws IOException {
    if (request.getContentLengthLong() > MOST) {
      return null;
    }
    byte[] body;
    try (InputStream in = request.getInputStream()) {
      body = in.readNBytes(MOST + 1);
    }
    return body.length > MOST ? null : body;
  }

  /** The call with its body to be read again, and its signature as the key. */
  private static final class Taken extends HttpServletRequestWrapper {
    private final byte[] body;
    private final String key;

    Taken(HttpServletRequest request, byte[] body, String key) {
      super(request);
      this.body = body;
      this.key = key;
    }

    @Override
    public String getHeader(String name) {
      return name.equalsIgnoreCase(KEY) ? key : super.getHeader(name);
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
      return name.equalsIgnoreCase(KEY)
          ? Collections.enumeration(List.of(key))
          : super.getHeaders(name);
    }

    @Override
    public Enumeration<String> getHeaderNames() {
      Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
      names.addAll(Collections.list(super.getHeaderNames()));
      names.add(KEY);
      return Collections.enumeration(names);
    }

    @Override
    public BufferedReader getReader() {
      return new BufferedReader(new InputStreamReader(getInputStream(), StandardCharsets.UTF_8));
    }

    @Override
    public ServletInputStream getInputStream() {
      ByteArrayInputStream in = new ByteArrayInputStream(body);
      return new ServletInputStream() {
        @Override
        public boolean isFinished() {
          return in.available() == 0;
        }

        @Override
        public boolean isReady() {
          return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {
          throw new IllegalStateException("The body is all there: read it");
        }

        @Override
        public int read() {
          return in.read();
        }

        @Override
        public int read(byte[] to, int from, int most) {
          return in.read(to, from, most);
        }
      };
    }
  }
}
