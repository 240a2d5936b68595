// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SettlementLedger} from "../src/SettlementLedger.sol";
import {Scene} from "./Scene.sol";

/// @notice A token that keeps a fee and calls back into the ledger during every transfer.
contract HostileToken is ERC20("Hostile", "HST") {
    SettlementLedger public ledger;
    bytes public call;
    bool public reentered;

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function arm(SettlementLedger ledger_, bytes calldata call_) external {
        ledger = ledger_;
        call = call_;
    }

    /// @notice Lets the ledger take what the token itself holds, so that a call from here can fund.
    function allow(address spender) external {
        _approve(address(this), spender, type(uint256).max);
    }

    function _update(address from, address to, uint256 amount) internal override {
        uint256 fee = from == address(0) ? 0 : amount / 10;
        super._update(from, to, amount - fee);
        if (address(ledger) != address(0)) {
            (bool done,) = address(ledger).call(call);
            reentered = reentered || done;
        }
    }
}

/// @title Nobody gains from a token that misbehaves
contract HostileTest is Scene {
    HostileToken private hostile;

    function setUp() public override {
        super.setUp();
        hostile = new HostileToken();
        ledger = new SettlementLedger(IERC20(address(hostile)), quorum, OWNER, GUARDIAN);
        hostile.mint(address(this), 2000);
        hostile.approve(address(ledger), 2000);
        ledger.fund(1000);
    }

    function test_what_arrives_is_counted_not_what_was_sent() public view {
        equal(ledger.funded(), 900);
    }

    function test_a_claim_cannot_be_entered_twice() public {
        commit(EVENT, 100);
        settle(settlement(EVENT, 100));
        bytes memory again =
            abi.encodeCall(SettlementLedger.claim, (PAYEE, 100, SALT, new bytes32[](0)));
        hostile.arm(ledger, again);
        ledger.claim(PAYEE, 100, SALT, new bytes32[](0));
        holds(!hostile.reentered(), "the second claim was refused");
        equal(ledger.paidTotal(), 100);
    }

    function test_funding_cannot_be_counted_twice() public {
        hostile.mint(address(hostile), 1000);
        hostile.allow(address(ledger));
        hostile.arm(ledger, abi.encodeCall(SettlementLedger.fund, (100)));
        ledger.fund(1000);
        holds(!hostile.reentered(), "the second funding was refused");
        equal(ledger.funded(), 1800);
    }
}
