package dev.reprise.behaviours;

import java.util.Comparator;

/**
 * A test method.
 *
 * @param owner binary name of its class
 */
record TestName(String owner, String method) implements Comparable<TestName> {
  private static final Comparator<TestName> ORDER =
      Comparator.comparing(TestName::owner).thenComparing(TestName::method);

  @Override
  public int compareTo(TestName other) {
    return ORDER.compare(this, other);
  }

  /** Without the package. */
  String brief() {
    return owner.substring(owner.lastIndexOf('.') + 1) + "." + method;
  }

  @Override
  public String toString() {
    return owner + "." + method;
  }
}
