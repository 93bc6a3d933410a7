package io.drover.runtime.sheets;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where the trend's rows go: {@code drover.notices.sheets.*}.
 *
 * @param rootUrl of the Sheets API
 * @param serviceAccount {@code file:PATH} or {@code env:NAME} of a service account's JSON key; it
 *     is a secret. The spreadsheet must be shared with the account's address
 * @param spreadsheet its id, as in its address; null: no rows are sent anywhere
 * @param tab of the spreadsheet; it must exist
 * @param timeout for connecting and for each answer
 * @param settle after an append whose answer was lost: how long it may still come to pass
 */
@ConfigurationProperties("drover.notices.sheets")
record SheetsProperties(
    @DefaultValue("https://sheets.googleapis.com/") URI rootUrl,
    @Nullable String serviceAccount,
    @Nullable String spreadsheet,
    @DefaultValue("Chargeback") String tab,
    @DefaultValue("30s") Duration timeout,
    @DefaultValue("60s") Duration settle) {

  boolean configured() {
    return spreadsheet != null && !spreadsheet.isBlank();
  }
}
