package dev.reprise.bench.compare;

import java.io.File;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How a class is started in a JVM of its own, with the options and the class path of this one. */
public final class JavaProcess {
  private JavaProcess() {}

  /**
   * Returns what starts it.
   *
   * @param main name of the class
   */
  public static ProcessBuilder of(String main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    // Surefire says that the working folder is on the class path, which it is not.
    String classPath =
        System.getProperty("java.class.path").replaceAll(File.pathSeparator + "+$", "");
    command.addAll(List.of("-cp", classPath, main));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command);
  }
}
