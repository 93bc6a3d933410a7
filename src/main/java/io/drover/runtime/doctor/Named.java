package io.drover.runtime.doctor;

/** A check by its name. */
public record Named(String system, Look look) implements SystemCheck {

  /** What is done. */
  public interface Look {
    void at(Report report) throws Exception;
  }

  @Override
  public void look(Report report) throws Exception {
    look.at(report);
  }
}
