# SPDX-License-Identifier: LGPL-2.1-or-later
"""A network of three namespaces: a home, a router that translates its addresses,
and the world. Needs iproute2, nftables, and root or a kernel that lets users make
namespaces of their own."""

import os
import subprocess
import sys

# The router lets out what comes from home, under its own address, and lets in
# only what answers that.
RULES = """
table ip nat {
  chain out { type nat hook postrouting priority srcnat; oifname "world" masquerade random; }
}
table ip filter {
  chain pass {
    type filter hook forward priority filter; policy drop;
    iifname "home" accept
    ct state established,related accept
  }
}
"""

WORLD_ADDRESS = "203.0.113.2"
ROUTER_ADDRESS = "203.0.113.1"
HOME_ADDRESS = "10.77.0.2"
HOME_ROUTER_ADDRESS = "10.77.0.1"


# A user who is root within; /run is where iproute2 keeps its namespaces.
OWN_ROOT = ["unshare", "--user", "--map-root-user", "--mount", "--net", "sh", "-c",
            'mount -t tmpfs tmpfs /run && exec "$@"', "sh"]


def become_root():
    """Starts the program again as its own root, if it is not root and may be."""
    if os.geteuid() != 0 and subprocess.run([*OWN_ROOT, "true"], stderr=subprocess.DEVNULL,
                                            check=False).returncode == 0:
        os.execvp(OWN_ROOT[0], [*OWN_ROOT, sys.executable, *sys.argv])


class Nat:
    def __init__(self):
        self.names = {place: "gst-zrtp-%s-%d" % (place, os.getpid())
                      for place in ("home", "router", "world")}

    def command(self, place, *command):
        """The command, to be run at a place."""
        return ["ip", "netns", "exec", self.names[place], *command]

    @staticmethod
    def run(*command, **options):
        done = subprocess.run(command, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False, **options)
        if done.returncode != 0:
            raise AssertionError(
                "`%s` failed: %sThis test makes network namespaces with a NAT between them. It needs "
                "root (CAP_NET_ADMIN and CAP_SYS_ADMIN) or a kernel that lets users make namespaces "
                "(sysctl kernel.unprivileged_userns_clone=1), nf_tables in it, and the packages "
                "iproute2 and nftables; in a container, one that may make namespaces (docker run "
                "--privileged)." % (" ".join(command), done.stdout))

    def link(self, place, address, router_address):
        name, router = self.names[place], self.names["router"]
        self.run("ip", "-n", name, "link", "add", "eth0", "type", "veth",
                 "peer", "name", place, "netns", router)
        self.run("ip", "-n", name, "address", "add", address + "/24", "dev", "eth0")
        self.run("ip", "-n", router, "address", "add", router_address + "/24", "dev", place)
        self.run("ip", "-n", name, "link", "set", "eth0", "up")
        self.run("ip", "-n", router, "link", "set", place, "up")

    def make(self):
        for name in self.names.values():
            self.run("ip", "netns", "add", name)
            self.run("ip", "-n", name, "link", "set", "lo", "up")
        self.link("home", HOME_ADDRESS, HOME_ROUTER_ADDRESS)
        self.link("world", WORLD_ADDRESS, ROUTER_ADDRESS)
        self.run("ip", "-n", self.names["home"], "route", "add", "default",
                 "via", HOME_ROUTER_ADDRESS)
        self.run(*self.command("router", "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward"))
        self.run(*self.command("router", "nft", "-f", "-"), input=RULES)

    def remove(self):
        for name in self.names.values():
            subprocess.run(["ip", "netns", "delete", name], stderr=subprocess.DEVNULL, check=False)
