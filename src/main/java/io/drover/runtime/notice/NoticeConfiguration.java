package io.drover.runtime.notice;

import io.drover.access.People;
import io.drover.approval.ApprovalMessages;
import io.drover.approval.Approvals;
import io.drover.approval.ChatDecisions;
import io.drover.execution.Audit;
import io.drover.execution.Executions;
import io.drover.execution.Journal;
import io.drover.execution.LedgerClock;
import io.drover.execution.Outbox;
import io.drover.runtime.EndMessages;
import io.drover.runtime.Workers;
import io.drover.runtime.doctor.SystemChecks;
import java.time.Duration;
import org.apache.camel.CamelContext;
import org.apache.camel.Processor;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the doors to Slack and the pager together, and what carries messages to them. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({NoticeProperties.class, SlackAppProperties.class})
class NoticeConfiguration {

  @Bean
  EndMessages pages(Executions executions) {
    return new Pages(executions);
  }

  @Bean
  SlackDoor slackSend(CamelContext context, NoticeProperties settings) {
    return new SlackDoor(context, settings.slack());
  }

  @Bean
  SlackApprovals slackApprovals(
      SlackAppProperties app,
      Approvals approvals,
      ApprovalMessages messages,
      SlackDoor slack,
      @Value("${drover.public-url:}") String publicUrl) {
    return new SlackApprovals(app, approvals, messages, publicUrl, slack.configured());
  }

  @Bean
  ChatDecisions slackPresses(
      SlackAppProperties app,
      People people,
      Approvals approvals,
      ApprovalMessages messages,
      Audit audit,
      Journal journal,
      LedgerClock clock) {
    return new SlackPresses(app, people, approvals, messages, audit, journal, clock);
  }

  @Bean
  SystemChecks noticeChecks(
      CamelContext context,
      NoticeProperties settings,
      SlackAppProperties app,
      SlackApprovals approvals) {
    return new SystemChecks(
        new NoticeChecks(settings, app, approvals, context.createProducerTemplate()).all());
  }

  @Bean
  PagerDoor pagerDoor(NoticeProperties settings) {
    return new PagerDoor(settings.pager());
  }

  @Bean
  Processor pagerAddress(PagerDoor door) {
    return door::address;
  }

  @Bean
  Processor pagerJudge(PagerDoor door) {
    return door::judge;
  }

  /** Begins once the doors are up. */
  @Bean
  CamelContextConfiguration outboxInCamel(
      Outbox outbox,
      LedgerClock clock,
      NoticeProperties settings,
      ObjectProvider<SlackDoor> slack,
      ObjectProvider<SlackApprovals> slackApprovals,
      PagerDoor pager,
      Workers workers) {
    return new CamelContextConfiguration() {
      @Override
      public void beforeApplicationStart(CamelContext context) {
        // Nothing: the doors are route files.
      }

      @Override
      public void afterApplicationStart(CamelContext context) {
        ProducerTemplate doors = context.createProducerTemplate();
        OutboxDispatcher dispatcher =
            new OutboxDispatcher(
                outbox,
                doors,
                clock,
                settings,
                slack.getObject(),
                slackApprovals.getObject(),
                pager,
                workers.pool());
        workers.every(Duration.ofMillis(500), dispatcher::dispatch);
      }
    };
  }
}
