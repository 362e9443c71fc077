package dev.reprise.cli.base;

import java.io.Console;
import java.lang.reflect.InvocationTargetException;

/** Whether somebody sits in front of this process. */
final class Terminal {
  private Terminal() {}

  /** Whether standard input and standard output are both a terminal. */
  @SuppressWarnings("SystemConsoleNull") // what it means since Java 22 is asked for below
  static boolean attached() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException e) {
      return true; // up to Java 21 there is no console elsewhere
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("the console does not tell whether it is a terminal", e);
    }
  }
}
