package io.drover.runtime.prism;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.apache.hc.core5.http.io.HttpResponseInformationCallback;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * Sends and receives as usual, and tells whoever wants to know when a request has left as a whole
 * and its answer has not been looked at. The call runs on the thread that makes it, so the listener
 * travels with the thread.
 */
final class WireExecutor extends HttpRequestExecutor {
  private static final ThreadLocal<@Nullable Runnable> SENT = new ThreadLocal<>();

  /** A call that is over when it returns. */
  interface Call {
    void make() throws Exception;
  }

  /** Makes a call on this thread. */
  static void telling(Runnable sent, Call call) throws Exception {
    SENT.set(sent);
    try {
      call.make();
    } finally {
      SENT.remove();
    }
  }

  @Override
  public ClassicHttpResponse execute(
      ClassicHttpRequest request,
      HttpClientConnection connection,
      @Nullable HttpResponseInformationCallback information,
      HttpContext context)
      throws IOException, HttpException {
    Runnable sent = SENT.get();
    return super.execute(
        request, sent == null ? connection : telling(sent, connection), information, context);
  }

  private static HttpClientConnection telling(Runnable sent, HttpClientConnection connection) {
    return (HttpClientConnection)
        Proxy.newProxyInstance(
            WireExecutor.class.getClassLoader(),
            new Class<?>[] {HttpClientConnection.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("receiveResponseHeader")) {
                sent.run();
              }
              try {
                return method.invoke(connection, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause() == null ? e : e.getCause();
              }
            });
  }
}
