package dev.reprise.cli.base;

/** A command whose options are in a table, so that it can be called without picocli. */
public interface TabledCommand {
  /** Its options and arguments. */
  OptionTable options();

  /**
   * Does what it is for; the values of its options have been taken.
   *
   * @param commandLine as it was typed, without secrets
   * @return the exit code
   */
  int call(String commandLine) throws Exception;
}
