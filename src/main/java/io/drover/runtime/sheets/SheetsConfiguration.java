package io.drover.runtime.sheets;

import io.drover.execution.Journal;
import io.drover.runtime.OutboxBlock;
import io.drover.runtime.doctor.HttpCheck;
import io.drover.runtime.doctor.Named;
import io.drover.runtime.doctor.SystemChecks;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.Processor;
import org.apache.camel.component.google.sheets.GoogleSheetsComponent;
import org.apache.camel.component.google.sheets.GoogleSheetsConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the door to Google Sheets together; the names of its parts are those in the route file. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(SheetsProperties.class)
class SheetsConfiguration {

  /** Under camel-google-sheets' own name, with clients that know where the API is. */
  @Bean("google-sheets-component")
  GoogleSheetsComponent sheetsComponent(CamelContext context, SheetsProperties settings) {
    GoogleSheetsComponent component = new GoogleSheetsComponent(context);
    GoogleSheetsConfiguration configuration = new GoogleSheetsConfiguration();
    configuration.setClientId("see drover.notices.sheets"); // the component asks for one
    configuration.setClientSecret("see drover.notices.sheets");
    component.setConfiguration(configuration);
    component.setClientFactory(new SheetsClients(settings));
    return component;
  }

  @Bean
  SystemChecks sheetsCheck(SheetsProperties settings) {
    return new SystemChecks(
        settings.configured()
            ? List.of(
                new Named(
                    "sheets",
                    report -> {
                      if (HttpCheck.answers(report, settings.rootUrl())) {
                        new SheetsDoor(settings).probe(new SheetsClients(settings));
                        report.ok("credentials", "accepted");
                        report.ok("rights", "may read the tab " + settings.tab());
                      }
                    }))
            : List.of());
  }

  @Bean
  SheetsDoor sheetsDoor(SheetsProperties settings) {
    return new SheetsDoor(settings);
  }

  /** Puts the body's rows into the outbox, where a spreadsheet is configured. */
  @Bean
  Processor appendRows(SheetsProperties settings, Journal journal) {
    return settings.configured() ? new OutboxBlock(journal, "sheets") : exchange -> {};
  }

  @Bean
  Processor sheetsLook(SheetsDoor door) {
    return door::look;
  }

  @Bean
  Processor sheetsCompare(SheetsDoor door) {
    return door::compare;
  }

  @Bean
  Processor sheetsJudge(SheetsDoor door) {
    return door::judge;
  }

  @Bean
  Processor sheetsFailed(SheetsDoor door) {
    return door::failed;
  }
}
