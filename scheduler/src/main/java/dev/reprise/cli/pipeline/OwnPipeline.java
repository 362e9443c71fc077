package dev.reprise.cli.pipeline;

import dev.reprise.api.NamedPipeline;
import dev.reprise.api.Parameters;
import dev.reprise.api.Pipeline;
import java.util.List;
import picocli.CommandLine.Command;

/** The one pipeline of a user's own main. */
record OwnPipeline(String program, String name, Pipeline.Definition definition)
    implements PipelineSource {
  @Override
  public String about() {
    return "Runs the pipeline '" + name + "', and never computes the same thing twice.";
  }

  @Override
  public boolean isLauncher() {
    return false;
  }

  @Override
  public PipelineChoice choice() {
    return new NoChoice(this);
  }

  @Override
  public List<NamedPipeline> named() {
    return List.of();
  }

  /** A mixin that adds no arguments, since there is nothing to choose. */
  @Command
  private record NoChoice(OwnPipeline only) implements PipelineChoice {
    @Override
    public Pipeline define(Parameters given) {
      return Pipeline.define(only.name, only.definition, given);
    }
  }
}
