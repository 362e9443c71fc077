package dev.reprise.cli.pipeline;

import dev.reprise.api.NamedPipeline;
import dev.reprise.api.Parameters;
import dev.reprise.api.Pipeline;
import dev.reprise.cli.base.OptionTable;
import java.nio.file.Path;
import java.util.List;

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
    return new PipelineChoice() {
      @Override
      public void addTo(OptionTable table) {
        // There is nothing to choose.
      }

      @Override
      public Pipeline define(Parameters given, Path folder) {
        return Pipeline.define(name, definition, given);
      }
    };
  }

  @Override
  public List<NamedPipeline> named() {
    return List.of();
  }
}
