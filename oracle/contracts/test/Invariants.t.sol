// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Settlement} from "../src/SettlementLedger.sol";
import {Scene} from "./Scene.sol";

/// @notice Does what operators, signers and payees may do, in any order and with any amounts; the
/// signers are honest about signatures but not about money.
contract Actor is Scene {
    uint256 public mostPaid;
    bool public paidFell;
    uint256 public events;
    uint256 public claims;
    uint256 public settled;
    uint96 private lifetime;

    function addFunds(uint96 amount) external {
        fund(uint96(within(amount, 1, 1e12)));
        watch();
    }

    function lock(uint96 maxLiability) external {
        uint256 free = uint256(ledger.funded()) - ledger.entitledTotal() - ledger.openLiabilities();
        commit(bytes32(++events), uint96(within(maxLiability, 0, free + 1)));
        watch();
    }

    function run(uint256 which, uint96 total, uint8 runType) external {
        bytes32 eventId = bytes32(within(which, 1, events));
        Settlement memory s = settlement(eventId, uint96(within(total, 0, uint256(ledger.funded()) + 2)));
        (, uint16 revision,) = ledger.settlementOf(eventId);
        s.revision = revision + 1;
        s.runType = uint8(within(runType, 1, 4));
        settle(s);
        lifetime = s.total;
        ++settled;
        watch();
    }

    function take() external {
        ledger.claim(PAYEE, lifetime, SALT, new bytes32[](0));
        ++claims;
        watch();
    }

    function takeSurplus(uint96 amount) external {
        vm.prank(OWNER);
        ledger.withdraw(OWNER, amount);
        watch();
    }

    function watch() private {
        uint256 paid = ledger.paidTotal();
        paidFell = paidFell || paid < mostPaid;
        mostPaid = paid;
    }

    function numbers()
        external
        view
        returns (uint256 funded, uint256 open, uint256 entitled, uint256 paid, uint256 balance)
    {
        return (
            ledger.funded(),
            ledger.openLiabilities(),
            ledger.entitledTotal(),
            ledger.paidTotal(),
            token.balanceOf(address(ledger))
        );
    }
}

/// @title What holds after any sequence of calls
contract InvariantsTest is Scene {
    Actor private actor;

    function setUp() public override {
        actor = new Actor();
        actor.setUp();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(actor);
    }

    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        bytes4[] memory selectors = new bytes4[](5);
        selectors[0] = Actor.addFunds.selector;
        selectors[1] = Actor.lock.selector;
        selectors[2] = Actor.run.selector;
        selectors[3] = Actor.take.selector;
        selectors[4] = Actor.takeSurplus.selector;
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(actor), selectors);
    }

    function invariant_paid_never_exceeds_what_is_entitled() public view {
        (,, uint256 entitled, uint256 paid,) = actor.numbers();
        holds(paid <= entitled, "paid <= entitled");
    }

    function invariant_what_is_owed_or_promised_is_funded() public view {
        (uint256 funded, uint256 open, uint256 entitled,,) = actor.numbers();
        holds(entitled + open <= funded, "entitled + open liabilities <= funded");
    }

    function invariant_the_balance_covers_what_is_not_paid_yet() public view {
        (uint256 funded,,, uint256 paid, uint256 balance) = actor.numbers();
        equal(balance, funded - paid);
    }

    function invariant_paid_never_falls() public view {
        holds(!actor.paidFell(), "paid never falls");
    }
}
