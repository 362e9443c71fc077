package dev.reprise.cli;

import static dev.reprise.task.Tasks.local;

import dev.reprise.Reprise;
import dev.reprise.api.Pipeline;

/** A pipeline whose second unit ends the process, as if all were well, the first time it runs. */
public final class ExitingPipeline {
  private ExitingPipeline() {}

  static void define(Pipeline.Builder p) {
    var first = p.step("first", local(ExitingPipeline::first));
    p.step("second", local(ExitingPipeline::second), first, p.param("exits", true));
  }

  static String first() {
    return "first";
  }

  static String second(String first, boolean exits) {
    if (exits) {
      System.exit(0);
    }
    return first + " and second";
  }

  public static void main(String[] args) {
    Reprise.main(args, ExitingPipeline::define);
  }
}
