package dev.reprise.cli;

import static dev.reprise.task.Tasks.local;

import dev.reprise.Reprise;
import dev.reprise.api.Pipeline;

/** A pipeline whose second unit ends the process, as if all were well, the first time it runs. */
public final class ExitingPipeline {
  private ExitingPipeline() {}

  static void define(Pipeline.Builder p) {
    if ("definition".equals(System.getenv("EXIT_IN"))) {
      System.exit(0);
    }
    var source = p.observed("source", p.value("here"), ExitingPipeline::version);
    var first = p.step("first", local(ExitingPipeline::first), source);
    p.step("second", local(ExitingPipeline::second), first, p.param("exits", true));
  }

  static String version(String where) {
    if ("probe".equals(System.getenv("EXIT_IN"))) {
      System.exit(0);
    }
    return "1";
  }

  static String first(String source) {
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
