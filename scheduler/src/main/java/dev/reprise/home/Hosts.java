package dev.reprise.home;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** The name of this machine. */
public final class Hosts {
  private Hosts() {}

  /** The name of this machine, for people and to tell whose process a number means. */
  public static String name() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }
}
