package dev.reprise.cli;

import static dev.reprise.task.Tasks.local;

import dev.reprise.Reprise;
import dev.reprise.api.Pipeline;

/** A pipeline whose one unit takes a minute unless it is interrupted. */
public final class SlowPipeline {
  private SlowPipeline() {}

  static void define(Pipeline.Builder p) {
    p.step("slow", local(SlowPipeline::sleep));
  }

  static String sleep() throws InterruptedException {
    System.out.println("sleeping");
    Thread.sleep(60_000);
    return "awake";
  }

  public static void main(String[] args) {
    Reprise.main(args, SlowPipeline::define);
  }
}
