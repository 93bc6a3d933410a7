package io.drover.runtime.prism;

import io.drover.prism.PrismSettings;
import io.drover.runtime.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.HttpsSupport;
import org.apache.hc.client5.http.ssl.NoopHostnameVerifier;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.ssl.SSLContextBuilder;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP client of one system, Prism or another, with its own trust and its own connections. It
 * does exactly what it is told: no redirects, no repetitions, no cookies.
 */
public final class PrismClients {
  private static final Logger LOG = LoggerFactory.getLogger(PrismClients.class);

  private PrismClients() {}

  static CloseableHttpClient of(String system, PrismSettings settings) {
    PrismSettings.Calls calls = settings.calls();
    PrismSettings.Tls tls = settings.tls();
    if (calls == null || tls == null) {
      throw new IllegalStateException("Settings fill in what is left out");
    }
    int connections = calls.connections() == null ? 256 : calls.connections();
    return of(
        "drover.systems.prism." + system,
        settings.base(),
        tls,
        calls.connect(),
        calls.answer(),
        connections);
  }

  /**
   * The client of any system.
   *
   * @param where the settings that it comes from, for messages
   * @param connect how long a connection may take; null: 60 s
   * @param answer how long an answer may take; null: 60 s
   */
  public static CloseableHttpClient of(
      String where,
      String base,
      PrismSettings.Tls tls,
      @Nullable Duration connect,
      @Nullable Duration answer,
      int connections) {
    boolean anyName = tls.insecure() || tls.anyHostName();
    if (tls.insecure()) {
      LOG.warn(
          "{} is configured insecure: whoever answers at {} is believed and gets our credentials",
          where,
          base);
    }
    return HttpClients.custom()
        .setConnectionManager(
            PoolingHttpClientConnectionManagerBuilder.create()
                .setTlsSocketStrategy(
                    new DefaultClientTlsStrategy(
                        context(where, tls),
                        anyName
                            ? NoopHostnameVerifier.INSTANCE
                            : HttpsSupport.getDefaultHostnameVerifier()))
                .setMaxConnPerRoute(connections)
                .setMaxConnTotal(connections)
                .setDefaultConnectionConfig(
                    ConnectionConfig.custom()
                        .setConnectTimeout(timeout(connect))
                        .setSocketTimeout(timeout(answer))
                        // A connection that the far side closed meanwhile would lose an answer.
                        .setValidateAfterInactivity(TimeValue.ofSeconds(1))
                        .setTimeToLive(TimeValue.ofMinutes(5))
                        .build())
                .build())
        .setDefaultRequestConfig(
            RequestConfig.custom()
                .setResponseTimeout(timeout(answer))
                .setConnectionRequestTimeout(timeout(answer))
                .build())
        .setRequestExecutor(new WireExecutor())
        .addExecInterceptorLast("bounded", PrismClients::bounded)
        .disableAutomaticRetries()
        .disableRedirectHandling()
        .disableCookieManagement()
        .disableAuthCaching()
        .disableContentCompression()
        .build();
  }

  private static ClassicHttpResponse bounded(
      ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
      throws IOException, HttpException {
    ClassicHttpResponse response = chain.proceed(request, scope);
    HttpEntity entity = response.getEntity();
    if (entity != null) {
      response.setEntity(new BoundedAnswer(entity));
    }
    return response;
  }

  private static Timeout timeout(@Nullable Duration duration) {
    return Timeout.of(duration == null ? Duration.ofSeconds(60) : duration);
  }

  private static SSLContext context(String where, PrismSettings.Tls tls) {
    try {
      if (tls.insecure()) {
        return SSLContextBuilder.create().loadTrustMaterial((chain, type) -> true).build();
      }
      Path pem = tls.trustPem();
      Path store = tls.trustStore();
      if (pem != null) {
        return SSLContextBuilder.create().loadTrustMaterial(fromPem(pem), null).build();
      }
      if (store != null) {
        String password = tls.trustStorePassword();
        char[] secret = password == null ? null : new Secret(password).read().toCharArray();
        return SSLContextBuilder.create().loadTrustMaterial(store.toFile(), secret).build();
      }
      return SSLContext.getDefault();
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalArgumentException(
          where + ".tls: the trusted certificates cannot be read", e);
    }
  }

  private static KeyStore fromPem(Path pem) throws GeneralSecurityException, IOException {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    int count = 0;
    try (InputStream in = Files.newInputStream(pem)) {
      for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        trusted.setCertificateEntry("trusted-" + count++, each);
      }
    }
    if (count == 0) {
      throw new IOException("No certificate in " + pem);
    }
    return trusted;
  }
}
