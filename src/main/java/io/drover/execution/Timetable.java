package io.drover.execution;

import java.time.Instant;
import java.util.List;

/** The schedules that are live. */
public interface Timetable {

  /**
   * By runbook and name.
   *
   * @param times how many fire times of each; 1 to 100
   */
  List<Planned> next(int times);

  /**
   * A schedule.
   *
   * @param cron a Quartz cron expression
   * @param zone in which it is read
   * @param next fire times to come; fewer than asked for when the expression ends
   */
  record Planned(String runbook, String schedule, String cron, String zone, List<Instant> next) {}
}
