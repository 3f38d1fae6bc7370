"""Makes the attack of message.py on a port of AdminService."""

import attack
import message
import programs


PATH = "/vtlookup.v1.AdminService/GetStatus"


def run(target, stage):
    """Takes no token: gRPC reads messages before anybody looks for one."""
    message.run(programs.Target(stage.daemon.admin()), stage, PATH)


if __name__ == "__main__":
    attack.main(run, seconds=4, clients=True,
                options=["--admin.address=127.0.0.1:0"])
