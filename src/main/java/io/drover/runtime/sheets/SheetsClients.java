package io.drover.runtime.sheets;

import com.google.api.client.http.HttpRequestInitializer;
import com.google.api.client.http.HttpTransport;
import com.google.api.client.http.apache.v2.ApacheHttpTransport;
import com.google.api.client.json.gson.GsonFactory;
import com.google.api.services.sheets.v4.Sheets;
import com.google.api.services.sheets.v4.SheetsScopes;
import com.google.auth.http.HttpCredentialsAdapter;
import com.google.auth.oauth2.AccessToken;
import com.google.auth.oauth2.OAuth2Credentials;
import com.google.auth.oauth2.ServiceAccountCredentials;
import io.drover.runtime.Secret;
import io.drover.runtime.notice.Undeliverable;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.component.google.sheets.GoogleSheetsClientFactory;

/**
 * Makes clients for camel-google-sheets, which has no setting for the API's address. A service
 * account's key is read whenever a token is due, so that a new key needs no restart.
 */
final class SheetsClients implements GoogleSheetsClientFactory {
  private final SheetsProperties settings;

  SheetsClients(SheetsProperties settings) {
    this.settings = settings;
  }

  @Override
  public Sheets makeClient(
      String clientId,
      String clientSecret,
      Collection<String> scopes,
      String applicationName,
      String refreshToken,
      String accessToken) {
    // The JDK's own client sends a POST again when its answer is lost; this one sends nothing
    // twice.
    HttpTransport transport =
        new ApacheHttpTransport(
            ApacheHttpTransport.newDefaultHttpClientBuilder().disableAutomaticRetries().build());
    HttpCredentialsAdapter credentials =
        new HttpCredentialsAdapter(new Account(settings, transport));
    int millis = (int) settings.timeout().toMillis();
    HttpRequestInitializer initializer =
        request -> {
          credentials.initialize(request);
          request.setConnectTimeout(millis);
          request.setReadTimeout(millis);
        };
    return new Sheets.Builder(transport, GsonFactory.getDefaultInstance(), initializer)
        .setRootUrl(settings.rootUrl().toString().replaceFirst("/*$", "/"))
        .setApplicationName("Drover")
        .build();
  }

  @Override
  public Sheets makeClient(
      CamelContext context,
      String serviceAccountKey,
      Collection<String> scopes,
      String applicationName,
      String delegate) {
    throw new UnsupportedOperationException(
        "The service account comes from drover.notices.sheets.service-account");
  }

  /** Tokens of whichever key the configured place holds now. */
  private static final class Account extends OAuth2Credentials {
    private static final long serialVersionUID = 1L;

    private final transient SheetsProperties settings;
    private final transient HttpTransport transport;

    Account(SheetsProperties settings, HttpTransport transport) {
      this.settings = settings;
      this.transport = transport;
    }

    @Override
    public AccessToken refreshAccessToken() throws IOException {
      String reference = settings.serviceAccount();
      if (reference == null || reference.isBlank()) {
        throw new Undeliverable(
            "Google Sheets is not configured (drover.notices.sheets.service-account)");
      }
      String key = new Secret(reference).read();
      return ServiceAccountCredentials.fromStream(
              new ByteArrayInputStream(key.getBytes(StandardCharsets.UTF_8)), () -> transport)
          .createScoped(List.of(SheetsScopes.SPREADSHEETS))
          .refreshAccessToken();
    }
  }
}
