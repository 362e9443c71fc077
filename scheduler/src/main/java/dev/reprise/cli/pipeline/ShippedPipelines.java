package dev.reprise.cli.pipeline;

import dev.reprise.api.NamedPipeline;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;

/** The pipelines of the launcher: what is on its class path. */
final class ShippedPipelines implements PipelineSource {
  @Override
  public String program() {
    return "reprise";
  }

  @Override
  public String about() {
    return "Runs pipelines of tasks on Spark, Ray or here, and never computes the same thing twice.";
  }

  @Override
  public boolean isLauncher() {
    return true;
  }

  @Override
  public PipelineChoice choice() {
    return new NameOrJar(this);
  }

  @Override
  public List<NamedPipeline> named() {
    return ServiceLoader.load(NamedPipeline.class).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparing(NamedPipeline::name))
        .toList();
  }
}
