import { permits, type Role } from "../../../../src/domain/Role.ts"
import { useSession } from "./session.ts"

/** May who is logged in do what needs this role? */
export const useMay = (needs: Role): boolean => {
  const state = useSession()
  return "session" in state && permits(state.session.role, needs)
}
